import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { computeRoot, type HashAt, proveConsistency, verifyConsistency } from '../merkle-proof.ts';
import { parseNote } from '../note.ts';
import { equalBytes } from '../tree-hash.ts';
import type { ForkEvidence } from './fork-evidence.ts';

export type Comparison =
  /** The older is the start of the newer, or they are the same. */
  | { readonly kind: 'consistent' }
  /** The key signed two histories. */
  | { readonly kind: 'forked'; readonly evidence: ForkEvidence }
  /** Sizes differ, and there is no log at hand that could prove anything. */
  | { readonly kind: 'unproven' }
  /** The log does not show the tree that it signed: whatever it proves is worth nothing. */
  | { readonly kind: 'log_mismatch' };

/**
 * Compares two checkpoints whose signatures by `vkey` have been verified. `hashAt` reads the tree of the larger one from the
 * log; nothing it says is believed until it makes the signed root. Throws RangeError for what is no checkpoint, and what
 * `hashAt` throws.
 */
export async function compareCheckpoints(
  notes: readonly [string, string],
  vkey: string,
  hashAt?: HashAt,
): Promise<Comparison> {
  const [one, other] = [open(notes[0]), open(notes[1])];
  const [older, newer] = one.size <= other.size ? [one, other] : [other, one];
  const texts = { vkey, older: older.text, newer: newer.text };
  if (older.size === newer.size) {
    if (equalBytes(older.root, newer.root)) return { kind: 'consistent' };
    return { kind: 'forked', evidence: { ...texts, root: newer.root, path: [] } };
  }
  const read = hashAt ?? (older.size === 0 ? noHash : undefined);
  if (read === undefined) return { kind: 'unproven' };
  const path = await proveConsistency(older.size, newer.size, read);
  if (verifyConsistency(older.size, older.root, newer.size, newer.root, path)) return { kind: 'consistent' };
  // Either the log shows another tree than it signed, or this is the tree and the older checkpoint is not of it.
  const root = await computeRoot(older.size, read);
  const isUnderNewer = verifyConsistency(older.size, root, newer.size, newer.root, path);
  return isUnderNewer ? { kind: 'forked', evidence: { ...texts, root, path } } : { kind: 'log_mismatch' };
}

/** Nothing has to be read to know the empty tree. */
const noHash: HashAt = () => {
  throw new RangeError('the empty tree has no hashes');
};

function open(text: string): Checkpoint & { readonly text: string } {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (checkpoint === undefined) throw new RangeError('no checkpoint');
  return { ...checkpoint, text };
}
