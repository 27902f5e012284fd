import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestLedgerKey, makeTestRecord, openTestStore, type TestStore } from './open-test-store.ts';

const opened: TestStore[] = [];

/** A closed store with this many records, then changed by someone who can write its files. */
async function tamper(records: number, ...statements: string[]): Promise<TestStore> {
  const test = await openTestStore();
  opened.push(test);
  await test.store.append(Array.from({ length: records }, (_, number) => makeTestRecord(number)));
  await test.store.close();
  const database = new DatabaseSync(join(test.folder, 'countersign.db'));
  for (const statement of statements) database.exec(statement);
  database.close();
  return test;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((test) => test.remove()));
});

describe('a ledger changed behind the back of the server', { timeout: 30_000 }, () => {
  it.each<[string, number, string]>([
    ['records cut off', 300, 'DELETE FROM ledger_entries WHERE seq >= 290'],
    ['all records gone', 300, 'DELETE FROM ledger_entries'],
    [
      'a changed record in a kept tile',
      600,
      `UPDATE ledger_entries SET entry = replace(entry, 'intent', 'denied') WHERE seq = 3`,
    ],
    [
      'a changed record after the last tile',
      300,
      `UPDATE ledger_entries SET entry = replace(entry, 'intent', 'denied') WHERE seq = 299`,
    ],
    ['a missing record', 300, 'DELETE FROM ledger_entries WHERE seq = 100'],
    ['a changed tree node', 300, 'UPDATE ledger_nodes SET hash = zeroblob(32)'],
    ['a missing tree node', 300, 'DELETE FROM ledger_nodes'],
    ['a short tree node', 300, `UPDATE ledger_nodes SET hash = x'00'`],
    ['a changed checkpoint', 300, `UPDATE ledger_checkpoints SET note = replace(note, '300', '299')`],
    ['a checkpoint under another size', 300, 'UPDATE ledger_checkpoints SET size = 299'],
    ['a checkpoint that is no note', 300, `UPDATE ledger_checkpoints SET note = 'x'`],
    [
      'a checkpoint by another log',
      300,
      `UPDATE ledger_checkpoints SET note = replace(note, 'example.test', 'other.test')`,
    ],
    [
      'a checkpoint with another root',
      2,
      `UPDATE ledger_checkpoints SET note = replace(note, substr(note, instr(note, '=') - 8, 9), 'AAAAAAAA=') WHERE size = 2`,
    ],
  ])('is not opened: %s', async (_name, records, statement) => {
    const test = await tamper(records, statement);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is not opened with a changed record and a checkpoint signed by another key', async () => {
    const test = await tamper(10);
    const other = createTestLedgerKey();
    const open = test.reopen({ loadLedgerKey: async () => other });
    await expect(open).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is not opened when only the tiles beyond the quick check still match', async () => {
    const changed = `UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level = 8 AND position = 0`;
    const test = await tamper(256 * 18, changed);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is opened when nothing was changed, at any size', async () => {
    for (const records of [0, 1, 255, 256, 257, 1000]) {
      const test = await tamper(records);
      await test.reopen();
      await test.store.append([makeTestRecord(5000)]);
      expect((await test.store.checkpoint()).size).toBe(records + 1);
    }
  });
});
