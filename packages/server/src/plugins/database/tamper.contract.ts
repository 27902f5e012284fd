import { expect, it } from 'vitest';
import type { DatabaseUnderTest, OpenTestStore } from './database.contract.ts';
import { createTestLedgerKey, makeTestRecord, type TestStore } from './test-store.ts';

/** What a start notices by itself when somebody has changed the tables. */
export function testTampering(subject: DatabaseUnderTest, open: OpenTestStore): void {
  const zeros = subject.writeBytes('00'.repeat(32));

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
    ['a changed tree node', 300, `UPDATE ledger_nodes SET hash = ${zeros}`],
    ['a missing tree node', 300, 'DELETE FROM ledger_nodes'],
    ['a short tree node', 300, `UPDATE ledger_nodes SET hash = ${subject.writeBytes('00')}`],
    ['a changed checkpoint', 300, `UPDATE ledger_checkpoints SET note = replace(note, '300', '299')`],
    ['a checkpoint under another size', 300, 'UPDATE ledger_checkpoints SET size = 299'],
    ['a checkpoint that is no note', 300, `UPDATE ledger_checkpoints SET note = 'x'`],
    [
      'a checkpoint by another log',
      300,
      `UPDATE ledger_checkpoints SET note = replace(note, 'example.test', 'other.test')`,
    ],
  ])('is not opened: %s', async (_name, records, statement) => {
    const test = await tamper(open, records, statement);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is not opened with a changed record and a checkpoint signed by another key', async () => {
    const test = await tamper(open, 10);
    const other = createTestLedgerKey();
    const reopened = test.reopen({ loadLedgerKey: async () => other });
    await expect(reopened).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is not opened when only the tiles beyond the quick check still match', async () => {
    const changed = `UPDATE ledger_nodes SET hash = ${zeros} WHERE level = 12 AND position = 0`;
    const test = await tamper(open, 256 * 18, changed);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it('is opened when nothing was changed, at any size', async () => {
    for (const records of [0, 1, 255, 256, 257, 1000]) {
      const test = await tamper(open, records);
      await test.reopen();
      await test.store.append([makeTestRecord(5000)]);
      expect((await test.store.checkpoint()).size).toBe(records + 1);
    }
  });

  it.each([17, 300, 5000])('keeps what earlier releases did not, %i records', async (records) => {
    const test = await tamper(open, records, 'DELETE FROM ledger_nodes WHERE level IN (4, 12)');
    await test.reopen();
    await test.store.append([makeTestRecord(9000)]);
    expect((await test.store.checkpoint()).size).toBe(records + 1);
    const { count } = await test.store.sql
      .selectFrom('ledger_nodes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(
      [16, 256, 4096].reduce((sum, size) => sum + Math.floor((records + 1) / size), 0),
    );
    await test.store.close();
    await test.reopen();
  });

  it('is not opened with a checkpoint of another root', async () => {
    const test = await open();
    await test.store.append([makeTestRecord(0), makeTestRecord(1)]);
    const { note } = await test.store.checkpoint();
    await test.store.close();
    const root = note.split('\n')[2] ?? '';
    const other = Buffer.alloc(32).toString('base64');
    await test.changeBehindItsBack(
      `UPDATE ledger_checkpoints SET note = replace(note, '${root}', '${other}')`,
    );
    await expect(test.reopen()).rejects.toMatchObject({ code: 'ledger.tampered' });
  });
}

/** A closed store with this many records, then changed by someone who can write its data. */
async function tamper(open: OpenTestStore, records: number, ...statements: string[]): Promise<TestStore> {
  const test = await open();
  if (records > 0)
    await test.store.append(Array.from({ length: records }, (_, number) => makeTestRecord(number)));
  await test.store.close();
  for (const statement of statements) await test.changeBehindItsBack(statement);
  return test;
}
