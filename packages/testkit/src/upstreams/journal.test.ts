import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal, readJournal } from './journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = {
  httpMethod: 'POST',
  path: '/mcp',
  headers: { 'x-action': 'act_1' },
  method: 'tools/call',
  name: 'pay',
  arguments: { amount: 1 },
  meta: undefined,
};

it('outlives its process, but for a line that was torn off', () => {
  const file = join(folder, 'journal.jsonl');
  const journal = openJournal({ file, fsync: true });
  journal.record(entry);
  journal.record({ ...entry, name: 'echo' });
  expect(journal.calls('pay')).toHaveLength(1);
  journal.close();
  appendFileSync(file, '{"sequence":2,"torn');
  expect(readJournal(file).map(({ sequence, name }) => [sequence, name])).toEqual([
    [0, 'pay'],
    [1, 'echo'],
  ]);
});
