import { decodeBase64, encodeBase64 } from '../base64.ts';
import { verifyInclusion } from '../merkle-proof.ts';
import {
  type CheckpointVerdict,
  type VerifyCheckpointOptions,
  verifyCheckpoint,
} from './verify-checkpoint.ts';

/** That a leaf is in a log, for whoever is offline (C2SP tlog-proof). */
export interface TlogProof {
  /** What the leaf is made of; nothing of the proof vouches for it. Null when there is none. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  /** RFC 6962 audit path, the leaf's sibling first. */
  readonly path: readonly Uint8Array[];
  /** The signed checkpoint, with whatever cosignatures it has. */
  readonly checkpoint: string;
}

/** First line of every proof. */
export const tlogProofHeader = 'c2sp.org/tlog-proof@v1';
const longestText = 1_100_000;
const longestPath = 64;

export function formatTlogProof({ extra, index, path, checkpoint }: TlogProof): string {
  const lines = [
    tlogProofHeader,
    ...(extra === null ? [] : [`extra ${encodeBase64(extra)}`]),
    `index ${index}`,
    ...path.map(encodeBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** A proof from hostile text; undefined when it is malformed. Nothing in it is verified yet. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const split = text.indexOf('\n\n');
  if (text.length > longestText || split < 0) return undefined;
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== tlogProofHeader) return undefined;
  const hasExtra = lines[0]?.startsWith('extra ') === true;
  const extra = hasExtra ? decodeBase64(lines[0]?.slice('extra '.length) ?? '') : null;
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines[hasExtra ? 1 : 0] ?? '') ?? [];
  const index = Number(digits ?? Number.NaN);
  const path = lines.slice(hasExtra ? 2 : 1).map(decodeBase64);
  if (extra === undefined || !Number.isSafeInteger(index) || path.length > longestPath) return undefined;
  const hashes = path.filter((hash) => hash?.length === 32) as Uint8Array[];
  if (hashes.length < path.length) return undefined;
  return { extra, index, path: hashes, checkpoint: text.slice(split + 2) };
}

export interface TlogProofVerdict extends Omit<CheckpointVerdict, 'finding'> {
  readonly finding: CheckpointVerdict['finding'] | 'not_included';
}

/** Whether this leaf stands at its index in the tree that the log signed and the witnesses saw. Never throws. */
export function verifyTlogProof(
  { index, path, checkpoint: note }: TlogProof,
  leafHash: Uint8Array,
  options: VerifyCheckpointOptions,
): TlogProofVerdict {
  const verdict = verifyCheckpoint(note, options);
  const { finding, checkpoint } = verdict;
  if (finding !== null || checkpoint === null) return verdict;
  const isIncluded = verifyInclusion(leafHash, index, checkpoint.size, path, checkpoint.root);
  return isIncluded ? verdict : { ...verdict, finding: 'not_included' };
}
