import { hash } from 'node:crypto';
import type { Occurrences } from './page-collector.ts';
import { type PayloadKeys, recordsPerBlock } from './sealing/payload-keys.ts';
import { readSeqs, writeSeqs } from './seq-list.ts';

/** One row of `ledger_value_pages`. */
export interface ValuePage {
  readonly block: number;
  readonly term: number;
  readonly firstSeq: number;
  readonly seqs: Uint8Array;
}

/**
 * The values as they stand in the index: without the block's key nobody can tell which value a term stands for, nor
 * whether two blocks share one. A block whose records nobody can read any more is left out.
 */
export function hideValues(values: readonly Occurrences[], keys: PayloadKeys): ValuePage[] {
  const pages: ValuePage[] = [];
  const known = new Map<number, Uint8Array | undefined>();
  for (const [value, seqs] of values) {
    for (const [block, some] of splitByBlock(seqs)) {
      if (!known.has(block)) known.set(block, keys.deriveIndexKey(block));
      const key = known.get(block);
      if (key === undefined) continue;
      const firstSeq = some[0] ?? 0;
      pages.push({ block, term: hideValue(key, value), firstSeq, seqs: writeBlockSeqs(block, some) });
    }
  }
  // In the order of the table: neighbours share its pages.
  return pages.sort((one, other) => one.block - other.block || one.term - other.term);
}

/** 48 bits of SHA-256 under the block's key: of the values of a block, two are the same once in many millions of blocks. */
export function hideValue(key: Uint8Array, value: string): number {
  return Number.parseInt(hash('sha256', Buffer.concat([key, Buffer.from(value)]), 'hex').slice(0, 12), 16);
}

export function blockOf(seq: number): number {
  return Math.floor(seq / recordsPerBlock);
}

export function readBlockSeqs(block: number, seqs: Uint8Array): number[] {
  return readSeqs(seqs).map((seq) => seq + block * recordsPerBlock);
}

export function writeBlockSeqs(block: number, seqs: readonly number[]): Uint8Array {
  return writeSeqs(seqs.map((seq) => seq - block * recordsPerBlock));
}

function splitByBlock(seqs: readonly number[]): Iterable<readonly [number, readonly number[]]> {
  const first = blockOf(seqs[0] ?? 0);
  if (blockOf(seqs.at(-1) ?? 0) === first) return [[first, seqs]];
  return Map.groupBy(seqs, blockOf);
}
