import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { testAppends, testHostileRecords } from './append.contract.ts';
import { UniqueViolation } from './database.ts';
import { testIndex } from './index.contract.ts';
import { testSealing } from './sealing.contract.ts';
import { testTampering } from './tamper.contract.ts';
import { makeTestRecord, type TestStore, type TestStoreOptions } from './test-store.ts';
import { testTransactions, testTurns } from './transaction.contract.ts';

export interface DatabaseUnderTest {
  readonly name: string;
  open(options?: TestStoreOptions<object>): Promise<TestStore>;
  /** How a literal of bytes is written. */
  writeBytes(hex: string): string;
  /** A statement that reads for a second or so. */
  readonly slowRead: string;
  /** Why a second store on the same data is refused, and one that a later release has written. */
  readonly inUse: string;
  readonly newer: string;
}

/** Opens a store of its own for one test; it is removed afterwards. */
export type OpenTestStore = (options?: TestStoreOptions<object>) => Promise<TestStore>;

export const makeTestPerson = (id: string, email = `${id}@example.test`) => ({
  id,
  display_name: id,
  email,
  roles: '[]',
  state: 'active' as const,
  created_at: 1,
});

export async function readSeqs({ store }: TestStore): Promise<number[]> {
  const rows = await store.sql.selectFrom('ledger_entries').select('seq').orderBy('seq').execute();
  return rows.map(({ seq }) => seq);
}

/** What the payloads open to, in order. */
export async function readPayloads({ store }: TestStore): Promise<{ notCanonical: string }[]> {
  const rows = await store.sql
    .selectFrom('ledger_payloads as payloads')
    .innerJoin('ledger_entries as entries', 'entries.seq', 'payloads.seq')
    .select(['entries.seq', 'entries.id', 'entries.kind', 'payloads.sealed'])
    .orderBy('entries.seq')
    .execute();
  return rows.map((row) => {
    const read = store.keyring.keys.open({ stream: store.ledger.stream, ...row });
    if (typeof read === 'string') throw new Error(read);
    return JSON.parse(read.opening.payload);
  });
}

export async function readPeople({ store }: TestStore): Promise<string[]> {
  const rows = await store.sql.selectFrom('people').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

/** What every database driver must do. */
export function testDatabase(subject: DatabaseUnderTest): void {
  const opened: TestStore[] = [];
  const open: OpenTestStore = async (options) => {
    const test = await subject.open(options);
    opened.push(test);
    return test;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((test) => test.remove()));
  });

  describe(subject.name, { timeout: 30_000 }, () => {
    describe('append', () => testAppends(open));
    describe('hostile records', () => testHostileRecords(open));
    describe('transaction', () => testTransactions(open));
    describe('index', () => testIndex(open));
    describe('sealing', () => testSealing(subject, open));
    describe('turns', () => testTurns(open));
    describe('statements', () => testStatements(subject, open));
    describe('life', () => testLife(subject, open));
    describe('a ledger changed behind the back of the server', () => testTampering(subject, open));
  });
}

function testStatements(subject: DatabaseUnderTest, open: OpenTestStore): void {
  it('names a broken uniqueness rule', async () => {
    const test = await open();
    await test.store.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
    const again = test.store.sql
      .insertInto('people')
      .values(makeTestPerson('per_b', 'per_a@example.test'))
      .execute();
    await expect(again).rejects.toThrow(UniqueViolation);
    const missing = test.store.sql.insertInto('agent_keys').values({
      thumbprint: 't',
      agent_id: 'agt_missing',
      jwk: '{}',
      created_at: 1,
      valid_until: null,
    });
    await expect(missing.execute()).rejects.toThrow(/foreign key/i);
  });

  it('returns rows and counts', async () => {
    const test = await open();
    const inserted = await test.store.sql
      .insertInto('people')
      .values(makeTestPerson('per_a'))
      .returning('id')
      .execute();
    expect(inserted).toEqual([{ id: 'per_a' }]);
    const updated = await test.store.sql.updateTable('people').set({ roles: '["admin"]' }).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
    const key = {
      credential_id: 'c',
      person_id: 'per_a',
      public_key: Uint8Array.of(1, 2),
      counter: 0,
      counts_from: 0,
      transports: '[]',
      label: '',
      created_at: 2 ** 50,
      last_used_at: null,
    };
    await test.store.sql.insertInto('passkeys').values(key).execute();
    expect(await test.store.sql.selectFrom('passkeys').selectAll().executeTakeFirst()).toEqual(key);
  });

  it('cannot write through a read, or open a transaction of its own', async () => {
    const test = await open();
    await test.store.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
    await sql`SELECT 1; DELETE FROM people`.execute(test.store.sql).catch(() => {});
    expect(await readPeople(test)).toEqual(['per_a']);
    await expect(test.store.sql.transaction().execute(async () => 1)).rejects.toThrow('use the store');
    expect(await sql<{ one: number }>`SELECT 1 AS one`.execute(test.store.sql)).toMatchObject({
      rows: [{ one: 1 }],
    });
  });

  it('does not let a slow search delay appends or other reads', async () => {
    const test = await open();
    const slow = sql.raw(subject.slowRead);
    let searching = true;
    const search = slow.execute(test.store.sql).finally(() => {
      searching = false;
    });
    await test.store.append([makeTestRecord(0)]);
    expect(await readSeqs(test)).toEqual([0]);
    expect(searching).toBe(true);
    await search;
  });
}

function testLife(subject: DatabaseUnderTest, open: OpenTestStore): void {
  it('is used by one at a time', async () => {
    const test = await open();
    await expect(test.openAnother()).rejects.toMatchObject({
      code: subject.inUse,
    });
    await test.store.append([makeTestRecord(0)]);
  });

  it('finishes what was accepted when it closes, and takes nothing after', async () => {
    const test = await open();
    const accepted = test.store.append([makeTestRecord(0)]);
    await Promise.all([accepted, test.store.close()]);
    await expect(test.store.append([makeTestRecord(1)])).rejects.toMatchObject({
      code: 'ledger.unavailable',
    });
    await expect(test.store.transaction(async () => 1)).rejects.toMatchObject({ code: 'ledger.unavailable' });
    await expect(readSeqs(test)).rejects.toMatchObject({ code: 'ledger.unavailable' });
    await test.store.close();
    await test.reopen();
    expect(await readSeqs(test)).toEqual([0]);
  });

  it('refuses data from another release', async () => {
    const test = await open();
    await sql`INSERT INTO migrations VALUES (1000, '9999-later')`.execute(test.store.sql);
    await expect(test.reopen()).rejects.toMatchObject({ code: subject.newer });
  });
}
