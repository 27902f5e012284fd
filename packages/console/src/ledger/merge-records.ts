import type { LedgerRecord } from './record.ts';

/** Newest first, each once, at most `most`: a stream may bring again what a list has brought. */
export function mergeRecords(
  known: readonly LedgerRecord[],
  news: readonly LedgerRecord[],
  most: number,
): readonly LedgerRecord[] {
  const bySeq = new Map([...known, ...news].map((record) => [record.seq, record]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, most);
}
