import {
  compareCheckpoints,
  formatForkEvidence,
  type HashAt,
  parseNote,
  parseWitnessKey,
  verifyCheckpoint,
  verifyCosignature,
} from '@countersign/ledger';
import { StoreFailure } from '../../plugins/database/store-failure.ts';

/** A checkpoint of another gateway's stream as the database has it, which may not be as it was. */
export interface FoundCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** What this gateway cosigned last of a stream, and the line that shows it. */
export interface Cosigned extends FoundCheckpoint {
  readonly line: string;
}

/**
 * Why a stream is not cosigned. `ahead`: this gateway cosigned a larger tree than there is: the stream was rolled back.
 * `forked`: the key of the stream signed two histories. `inconsistent`: the tree that was signed is not the one that is there.
 * `changed`: what this gateway had cosigned is not there as it was.
 * `not_signed`: what stands there as a checkpoint is none that the stream's key signed.
 */
export type StreamRefusal = {
  readonly kind: 'refused';
  readonly reason: 'ahead' | 'changed' | 'forked' | 'inconsistent' | 'not_signed';
  /** Of the checkpoint that is there. */
  readonly size: number;
  /** Of what was cosigned last. */
  readonly seen: number;
  /** The checkpoint that was cosigned last. */
  readonly theirs?: string;
  /** That the stream's key signed two histories; `countersign ledger verify` checks it. */
  readonly evidence?: string;
};

export type StreamVerdict = { readonly kind: 'good' } | StreamRefusal;

interface Stream {
  readonly vkey: string;
  readonly hashAt: HashAt;
}

/** Whether a stream only grew since it was cosigned last. Nothing that the database says is believed before it is proven. */
export async function judgeStream(
  { vkey, hashAt }: Stream,
  last: FoundCheckpoint | undefined,
  found: FoundCheckpoint | undefined,
): Promise<StreamVerdict> {
  const refuse = (reason: StreamRefusal['reason'], evidence?: string): StreamRefusal => ({
    ...{ kind: 'refused', reason, size: found?.size ?? 0, seen: last?.size ?? 0 },
    ...(last === undefined ? {} : { theirs: last.note }),
    ...(evidence === undefined ? {} : { evidence }),
  });
  if (found === undefined) return last === undefined ? { kind: 'good' } : refuse('ahead');
  if (verifyCheckpoint(found.note, { vkey }).checkpoint?.size !== found.size) return refuse('not_signed');
  if (last === undefined) return { kind: 'good' };
  if (found.size < last.size) return refuse('ahead');
  const comparison = await compare([last.note, found.note], vkey, hashAt);
  if (comparison?.kind === 'forked') return refuse('forked', formatForkEvidence(comparison.evidence));
  return comparison?.kind === 'consistent' ? { kind: 'good' } : refuse('inconsistent');
}

/** Undefined when the tree cannot be read as far as it was signed. */
async function compare(notes: readonly [string, string], vkey: string, hashAt: HashAt) {
  try {
    return await compareCheckpoints(notes, vkey, hashAt);
  } catch (thrown) {
    if (thrown instanceof StoreFailure) return undefined;
    throw thrown;
  }
}

/** Whether it is what this gateway cosigned: after a start it knows that from the database alone, which may not be as it was. */
export function isCosignedBy(own: string, vkey: string, { note, line, size }: Cosigned): boolean {
  const key = parseWitnessKey(own);
  const whole = parseNote(`${note}${line}`);
  if (key === undefined || whole === undefined) return false;
  if (verifyCheckpoint(note, { vkey }).checkpoint?.size !== size) return false;
  return verifyCosignature(whole, key).verdict === 'verified';
}
