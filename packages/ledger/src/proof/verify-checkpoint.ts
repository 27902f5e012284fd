import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { type ParsedNote, parseNote, verifyNote } from '../note.ts';
import { parseVerifierKey } from '../verifier-key.ts';
import { findCosigners } from '../witness/find-cosigners.ts';
import { parseWitnessKey } from '../witness/witness-key.ts';

export interface WitnessPolicy {
  /** Verifier keys of witnesses that are trusted (C2SP tlog-cosignature), known from elsewhere. */
  readonly witnesses?: readonly string[];
  /** How many of them have to have cosigned; all of them when absent. */
  readonly quorum?: number;
}

export interface VerifyCheckpointOptions extends WitnessPolicy {
  /** The log's verifier key, known from elsewhere. */
  readonly vkey: string;
}

export type CheckpointFinding =
  | 'malformed'
  | 'key_invalid'
  | 'unknown_key'
  | 'bad_signature'
  | 'bad_cosignature'
  | 'not_witnessed';

export interface CheckpointVerdict {
  readonly finding: CheckpointFinding | null;
  /** Null unless the log's signature holds. */
  readonly checkpoint: Checkpoint | null;
  /** The witnesses whose cosignatures hold. `at` is epoch seconds. */
  readonly cosigned: readonly { readonly name: string; readonly at: number }[];
}

/** Checks a signed checkpoint, hostile text: the log's signature, and those of as many witnesses as asked. Never throws. */
export function verifyCheckpoint(text: string, options: VerifyCheckpointOptions): CheckpointVerdict {
  const refuse = (finding: CheckpointFinding): CheckpointVerdict => ({
    ...{ finding, checkpoint: null, cosigned: [] },
  });
  const key = parseVerifierKey(options.vkey);
  if (key === undefined) return refuse('key_invalid');
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined) return refuse('malformed');
  // A key signs for the log of its own name; another log's checkpoint says nothing of this one.
  if (checkpoint.origin !== key.name) return refuse('unknown_key');
  const verdict = verifyNote(note, key);
  if (verdict !== 'verified') return refuse(verdict);
  return { ...judgeWitnesses(note, options), checkpoint };
}

/** Whether enough of the trusted witnesses cosigned the note. */
export function judgeWitnesses(
  note: ParsedNote,
  { witnesses = [], quorum }: WitnessPolicy,
): Pick<CheckpointVerdict, 'finding' | 'cosigned'> {
  const keys = witnesses.map(parseWitnessKey).filter((key) => key !== undefined);
  if (keys.length < witnesses.length) return { finding: 'key_invalid', cosigned: [] };
  const { cosigned, forged } = findCosigners(note, keys);
  if (forged.length > 0) return { finding: 'bad_cosignature', cosigned };
  const isEnough = cosigned.length >= (quorum ?? witnesses.length);
  return { finding: isEnough ? null : 'not_witnessed', cosigned };
}
