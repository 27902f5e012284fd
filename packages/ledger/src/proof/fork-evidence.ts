import { decodeBase64, encodeBase64 } from '../base64.ts';
import { canonicalJson } from '../canonical-json.ts';
import { verifyConsistency } from '../merkle-proof.ts';
import { equalBytes } from '../tree-hash.ts';
import { verifyCheckpoint } from './verify-checkpoint.ts';

/**
 * That one log key signed two histories. `root` and `path` prove which tree of the older size is under the newer
 * checkpoint; it is not the one that the older checkpoint signed.
 */
export interface ForkEvidence {
  readonly vkey: string;
  /** Signed notes; the older one is no larger. */
  readonly older: string;
  readonly newer: string;
  readonly root: Uint8Array;
  /** RFC 6962 consistency proof from `root` to the newer checkpoint. */
  readonly path: readonly Uint8Array[];
}

/** Marks a file of evidence. */
export const forkFormat = 'countersign-fork';
const longestText = 2_500_000;

/** One line of canonical JSON (RFC 8785), with its newline. */
export function formatForkEvidence({ vkey, older, newer, root, path }: ForkEvidence): string {
  const fields = { format: forkFormat, v: 1, vkey, older, newer };
  return `${canonicalJson({ ...fields, root: encodeBase64(root), path: path.map(encodeBase64) })}\n`;
}

/** Evidence from hostile text, or undefined. Nothing in it is verified yet. */
export function parseForkEvidence(text: string): ForkEvidence | undefined {
  if (text.length > longestText) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { format, v, vkey, older, newer, root, path } = value as Record<string, unknown>;
    if (format !== forkFormat || v !== 1 || !Array.isArray(path) || path.length > 128) return undefined;
    if (typeof vkey !== 'string' || typeof older !== 'string' || typeof newer !== 'string') return undefined;
    const [first, ...hashes] = [root, ...path].map((one) =>
      typeof one === 'string' ? decodeBase64(one) : undefined,
    );
    if (first === undefined) return undefined;
    const known = hashes.filter((hash) => hash !== undefined);
    return known.length < hashes.length ? undefined : { vkey, older, newer, root: first, path: known };
  } catch {
    return undefined;
  }
}

/** Whether it proves, to anybody, that the log's key signed two histories. Without `vkey` the key is the one it names. */
export function verifyForkEvidence(evidence: ForkEvidence, vkey: string = evidence.vkey): boolean {
  const older = verifyCheckpoint(evidence.older, { vkey }).checkpoint;
  const newer = verifyCheckpoint(evidence.newer, { vkey }).checkpoint;
  if (older === null || newer === null) return false;
  const { root, path } = evidence;
  const isUnderNewer = verifyConsistency(older.size, root, newer.size, newer.root, path);
  return isUnderNewer && !equalBytes(root, older.root);
}
