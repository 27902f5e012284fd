import { encodeEntry, type LedgerEntry, parseEntry } from '../entry.ts';
import { hashLeaf } from '../tree-hash.ts';
import { formatTlogProof, parseTlogProof, type TlogProofVerdict, verifyTlogProof } from './tlog-proof.ts';
import type { VerifyCheckpointOptions } from './verify-checkpoint.ts';

/** A C2SP tlog-proof of one record: its `extra` is the entry, the leaf's own bytes. What the record says is not in it. */
export function formatRecordProof(proof: {
  readonly entry: LedgerEntry;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: string;
}): string {
  const { entry, path, checkpoint } = proof;
  const extra = new TextEncoder().encode(encodeEntry(entry));
  return formatTlogProof({ extra, index: entry.seq, path, checkpoint });
}

export interface RecordProofVerdict extends Omit<TlogProofVerdict, 'finding'> {
  readonly finding: TlogProofVerdict['finding'] | 'not_a_proof';
  /** The record, as far as it is proven. */
  readonly entry: LedgerEntry | null;
}

/** Checks a proof of a record, hostile text, offline. Never throws. */
export function verifyRecordProof(text: string, options: VerifyCheckpointOptions): RecordProofVerdict {
  const proof = parseTlogProof(text);
  const entry = proof && readEntry(proof.extra);
  if (proof === undefined || entry === undefined || entry.seq !== proof.index)
    return { finding: 'not_a_proof', checkpoint: null, cosigned: [], entry: null };
  const verdict = verifyTlogProof(proof, hashLeaf(encodeEntry(entry)), options);
  return { ...verdict, entry: verdict.finding === null ? entry : null };
}

function readEntry(extra: Uint8Array | null): LedgerEntry | undefined {
  try {
    return parseEntry(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(extra ?? undefined)));
  } catch {
    return undefined;
  }
}
