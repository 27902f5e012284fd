import type { SinkRecord } from '../ledger-sink.ts';

/**
 * Whether an object has these records, each as it is sent now; of one that was erased since, what it said may be there
 * still. Hostile text: whoever can write to the bucket wrote it.
 */
export function hasSameRecords(held: Buffer, records: readonly SinkRecord[]): boolean {
  const lines = held.toString('utf8').split('\n');
  if (lines.length !== records.length + 1 || lines.at(-1) !== '') return false;
  return records.every((record, index) => {
    const line = lines[index] ?? '';
    return line === JSON.stringify(record) || (record.erased && isOf(line, record));
  });
}

function isOf(line: string, { id, seq, kind }: SinkRecord): boolean {
  try {
    const held: unknown = JSON.parse(line);
    if (typeof held !== 'object' || held === null) return false;
    const named: Partial<Record<keyof SinkRecord, unknown>> = held;
    return named.id === id && named.seq === seq && named.kind === kind;
  } catch {
    return false;
  }
}
