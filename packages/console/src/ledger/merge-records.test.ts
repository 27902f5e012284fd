import { expect, it } from 'vitest';
import { mergeRecords } from './merge-records.ts';
import type { LedgerRecord } from './record.ts';

const record = (seq: number): LedgerRecord => ({
  seq,
  id: `rec_${seq}`,
  kind: 'server.started',
  at: seq,
  causes: [],
  erased: false,
});

it('keeps the newest, each once, newest first, in whatever order they come', () => {
  const merged = mergeRecords([record(3), record(2)], [record(2), record(5), record(4)], 3);
  expect(merged.map(({ seq }) => seq)).toEqual([5, 4, 3]);
});
