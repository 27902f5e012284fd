import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { verifyConsistency } from '../merkle-proof.ts';
import { type ParsedNote, parseNote, verifyNote } from '../note.ts';
import { equalBytes, hashEmptyTree } from '../tree-hash.ts';
import type { VerifierKey } from '../verifier-key.ts';
import { type AddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts';

/** Why a witness does not cosign, with the status that C2SP tlog-witness asks for. */
export type WitnessRefusal =
  | { readonly kind: 'malformed'; readonly status: 400 }
  | { readonly kind: 'unknown_log'; readonly status: 404 }
  | { readonly kind: 'not_signed'; readonly status: 403 }
  | { readonly kind: 'conflict'; readonly status: 409; readonly size: number }
  /** `forked`: the log's own key signed two trees of one size. */
  | { readonly kind: 'inconsistent' | 'forked'; readonly status: 422 };

/** A request that a known log signed. */
export interface Submission extends Pick<AddCheckpoint, 'oldSize' | 'proof' | 'note'> {
  readonly parsed: ParsedNote;
  readonly checkpoint: Checkpoint;
}

/** Takes a hostile body apart: is it one of these logs, named by their origin, and signed by its key? Never throws. */
export function openSubmission(
  body: string,
  logs: ReadonlyMap<string, VerifierKey>,
): Submission | WitnessRefusal {
  const request = parseAddCheckpoint(body);
  const parsed = request && parseNote(request.note);
  const checkpoint = parsed && parseCheckpoint(parsed.text);
  if (request === undefined || parsed === undefined || checkpoint === undefined)
    return { kind: 'malformed', status: 400 };
  const key = logs.get(checkpoint.origin);
  if (key === undefined) return { kind: 'unknown_log', status: 404 };
  if (verifyNote(parsed, key) !== 'verified') return { kind: 'not_signed', status: 403 };
  if (request.oldSize > checkpoint.size) return { kind: 'malformed', status: 400 };
  return { ...request, parsed, checkpoint };
}

/**
 * Whether the tree only grew since the one that was cosigned last; undefined when it did, and it may be cosigned. To be
 * asked, and what is cosigned to be kept, as one step: else two requests at once could roll the log back.
 */
export function judgeSubmission(
  { oldSize, proof, checkpoint }: Submission,
  last: Pick<Checkpoint, 'size' | 'root'> | undefined,
): WitnessRefusal | undefined {
  const { size, root } = checkpoint;
  const known = last ?? { size: 0, root: hashEmptyTree() };
  if (oldSize !== known.size) return { kind: 'conflict', status: 409, size: known.size };
  if (size === 0 && !equalBytes(root, hashEmptyTree())) return { kind: 'inconsistent', status: 422 };
  if (size === known.size && !equalBytes(root, known.root)) return { kind: 'forked', status: 422 };
  if (!verifyConsistency(known.size, known.root, size, root, proof))
    return { kind: 'inconsistent', status: 422 };
  return undefined;
}
