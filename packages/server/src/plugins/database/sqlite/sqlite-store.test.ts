import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type LedgerRecord } from '@countersign/api';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { type AppendedRecord, UniqueViolation } from '../database.ts';
import type { SqliteStoreOptions } from './open-sqlite-store.ts';
import { makeTestRecord, openTestStore, type TestStore } from './open-test-store.ts';

const opened: TestStore[] = [];

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<TestStore> {
  const test = await openTestStore(options);
  opened.push(test);
  return test;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((test) => test.remove()));
});

const person = (id: string, email = `${id}@example.test`) => ({
  id,
  display_name: id,
  email,
  roles: '[]',
  state: 'active' as const,
  created_at: 1,
});

async function readSeqs({ store }: TestStore): Promise<number[]> {
  const rows = await store.sql.selectFrom('ledger_entries').select('seq').orderBy('seq').execute();
  return rows.map(({ seq }) => seq);
}

const readPeople = async ({ store }: TestStore) =>
  (await store.sql.selectFrom('people').select('id').orderBy('id').execute()).map(({ id }) => id);

describe('append', { timeout: 30_000 }, () => {
  it('numbers records in order, keeps a call together, and tells of them once they are durable', async () => {
    const test = await open();
    const heard: AppendedRecord[] = [];
    const stop = test.store.onAppended((records) => heard.push(...records));
    await Promise.all([
      test.store.append([makeTestRecord(0), makeTestRecord(1)]),
      test.store.append([makeTestRecord(2)]),
      test.store.append([makeTestRecord(3), makeTestRecord(4)]),
    ]);
    expect(await readSeqs(test)).toEqual([0, 1, 2, 3, 4]);
    expect(heard.map(({ seq, record }) => [seq, record.body.number])).toEqual(
      [0, 1, 2, 3, 4].map((n) => [n, n]),
    );
    stop();
    await test.store.append([makeTestRecord(5)]);
    expect(heard).toHaveLength(5);
  });

  it('adds effects in the same write', async () => {
    const test = await open();
    const effects = [
      { kind: 'usage' as const, holder: 'tsk_a', calls: 1, spendMinor: 250 },
      { kind: 'usage' as const, holder: 'dlg_a', calls: 1, spendMinor: 250 },
    ];
    await test.store.append([makeTestRecord(0)], effects);
    await test.store.append([makeTestRecord(1)], effects);
    const rows = await test.store.sql.selectFrom('budgets').selectAll().orderBy('holder').execute();
    expect(rows).toEqual([
      { holder: 'dlg_a', calls: 2, spend_minor: 500 },
      { holder: 'tsk_a', calls: 2, spend_minor: 500 },
    ]);
  });

  it('refuses one bad call without its neighbours in the batch', async () => {
    const test = await open();
    const results = await Promise.allSettled([
      test.store.append([makeTestRecord(0)]),
      test.store.append(
        [makeTestRecord(1), makeTestRecord(0)],
        [{ kind: 'usage', holder: 'x', calls: 1, spendMinor: 0 }],
      ),
      test.store.append([makeTestRecord(2)]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(UniqueViolation) });
    expect(await readSeqs(test)).toEqual([0, 1]);
    expect(await test.store.sql.selectFrom('budgets').selectAll().execute()).toEqual([]);
    await test.reopen();
  });

  it('keeps hostile text that canonical JSON cannot carry', async () => {
    const test = await open();
    let deep: unknown = 'end';
    for (let level = 0; level < 100; level += 1) deep = [deep];
    await test.store.append([makeTestRecord(0, { tool: 'pay\ud800', body: { text: '\udfff' } })]);
    await test.store.append([makeTestRecord(1, { body: { deep } })]);
    await test.store.append([makeTestRecord(2, { tool: 'x'.repeat(100_000) })]);
    const rows = await test.store.sql
      .selectFrom('ledger_payloads')
      .select('payload')
      .orderBy('seq')
      .execute();
    const kept = rows.slice(0, 2).map(({ payload }) => JSON.parse(JSON.parse(payload).notCanonical));
    expect(kept).toMatchObject([{ tool: 'pay\ud800', body: { text: '\udfff' } }, { body: { deep } }]);
  });

  it.each<[string, Partial<LedgerRecord>]>([
    ['an id that is no name', { id: 'a"b' }],
    ['a cause that is no name', { causes: ['a b'] }],
    ['too many causes', { causes: Array<string>(65).fill('rec_a') }],
    ['a time that is no whole number', { at: 1.5 }],
  ])('throws on %s, which is a mistake of ours', async (_name, changes) => {
    const test = await open();
    await expect(test.store.append([makeTestRecord(0, changes)])).rejects.toThrow(TypeError);
  });

  it('refuses a record over 1 MiB', async () => {
    const test = await open();
    const append = test.store.append([makeTestRecord(0, { body: { text: 'x'.repeat(1_048_576) } })]);
    await expect(append).rejects.toMatchObject({ code: 'ledger.record_too_large' });
    expect(await readSeqs(test)).toEqual([]);
  });

  it('refuses what its bounded queue cannot hold, and recovers', async () => {
    const test = await open();
    const appends = Array.from({ length: 21_000 }, (_, number) =>
      test.store.append([makeTestRecord(number)]),
    );
    const results = await Promise.allSettled(appends);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1000);
    expect(refused[0]).toMatchObject({ reason: { code: 'ledger.overloaded' } });
    await test.store.append([makeTestRecord(30_000)]);
    expect(await readSeqs(test)).toHaveLength(20_001);
    const { size } = await test.store.checkpoint();
    expect(size).toBe(20_001);
    await test.reopen();
  });
});

describe('a full disk', { timeout: 30_000 }, () => {
  it('refuses appends whole and loses nothing', async () => {
    const test = await open({ maximumBytes: 800_000 });
    const body = { text: 'x'.repeat(20_000) };
    let appended = 0;
    let refusal: unknown;
    while (refusal === undefined && appended < 100) {
      await test.store
        .append([makeTestRecord(appended * 2, { body }), makeTestRecord(appended * 2 + 1, { body })])
        .then(
          () => {
            appended += 1;
          },
          (error: unknown) => {
            refusal = error;
          },
        );
    }
    expect(refusal).toMatchObject({ code: 'ledger.unavailable' });
    expect(appended).toBeGreaterThan(2);
    const many = await Promise.allSettled(
      [998, 999].map((number) => test.store.append([makeTestRecord(number, { body })])),
    );
    expect(many.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const change = test.store.transaction(async (tx) => {
      await tx.sql
        .insertInto('people')
        .values({ ...person('per_a'), display_name: 'x'.repeat(50_000) })
        .execute();
      await tx.sql.insertInto('people').values(person('per_b')).execute();
    });
    await expect(change).rejects.toMatchObject({ code: 'ledger.unavailable' });
    expect(await readPeople(test)).toEqual([]);
    expect(await readSeqs(test)).toHaveLength(appended * 2);
    await test.reopen({ maximumBytes: 10_000_000 });
    await test.store.append([makeTestRecord(500, { body })]);
    expect((await test.store.checkpoint()).size).toBe(appended * 2 + 1);
  });
});

describe('transaction', { timeout: 30_000 }, () => {
  it('commits state and records together, then tells', async () => {
    const test = await open();
    const order: string[] = [];
    test.store.onAppended((records) => order.push(...records.map(({ seq }) => `record ${seq}`)));
    const value = await test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(person('per_a')).execute();
      tx.record(makeTestRecord(0));
      tx.record(makeTestRecord(1));
      tx.afterCommit(() => order.push('after'));
      expect(await tx.sql.selectFrom('people').select('id').execute()).toEqual([{ id: 'per_a' }]);
      expect(await readPeople(test)).toEqual([]);
      return 'value';
    });
    expect(value).toBe('value');
    expect(await readPeople(test)).toEqual(['per_a']);
    expect(order).toEqual(['record 0', 'record 1', 'after']);
  });

  it('leaves nothing behind when the work throws', async () => {
    const test = await open();
    let after = false;
    const change = test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(person('per_a')).execute();
      tx.record(makeTestRecord(0));
      tx.afterCommit(() => {
        after = true;
      });
      throw new AppError('person.forbidden');
    });
    await expect(change).rejects.toMatchObject({ code: 'person.forbidden' });
    expect([await readPeople(test), await readSeqs(test), after]).toEqual([[], [], false]);
    await test.store.append([makeTestRecord(1)]);
    expect(await readSeqs(test)).toEqual([0]);
  });

  it('leaves nothing behind when a record is refused at the commit', async () => {
    const test = await open();
    await test.store.append([makeTestRecord(0)]);
    const change = test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(person('per_a')).execute();
      tx.record(makeTestRecord(0));
    });
    await expect(change).rejects.toThrow(UniqueViolation);
    expect(await readPeople(test)).toEqual([]);
    await test.reopen();
  });

  it('is cut off after its time, and what comes late lands nowhere', async () => {
    const test = await open({ transactionTimeoutMs: 50 });
    const late = Promise.withResolvers<unknown>();
    const change = test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(person('per_a')).execute();
      await sleep(150);
      tx.sql.insertInto('people').values(person('per_b')).execute().catch(late.resolve);
    });
    await expect(change).rejects.toMatchObject({ code: 'server.transaction_timed_out' });
    expect(await late.promise).toMatchObject({ code: 'server.transaction_timed_out' });
    await test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(person('per_c')).execute();
    });
    expect(await readPeople(test)).toEqual(['per_c']);
  });

  it('takes turns with appends and single writes, in order', async () => {
    const test = await open();
    const done: string[] = [];
    const note = (name: string) => () => done.push(name);
    await Promise.all([
      test.store.transaction(async () => sleep(20)).then(note('first')),
      test.store.append([makeTestRecord(0)]).then(note('append')),
      test.store.sql.insertInto('people').values(person('per_a')).execute().then(note('write')),
      test.store.transaction(async (tx) => tx.record(makeTestRecord(1))).then(note('second')),
    ]);
    expect(done.slice(0, 2)).toEqual(['first', 'append']);
    expect(done.slice(2).sort()).toEqual(['second', 'write']);
    expect(await readSeqs(test)).toEqual([0, 1]);
  });

  it.each<[string, (test: TestStore) => Promise<unknown>]>([
    ['transaction', ({ store }) => store.transaction(async () => 1)],
    ['append', ({ store }) => store.append([makeTestRecord(0)])],
    ['write', ({ store }) => store.sql.insertInto('people').values(person('per_z')).execute()],
    ['checkpoint', ({ store }) => store.checkpoint()],
  ])('refuses another %s inside, instead of waiting for itself', async (_name, inside) => {
    const test = await open();
    await expect(test.store.transaction(() => inside(test))).rejects.toThrow('inside a transaction');
    await inside(test);
  });
});

describe('statements', { timeout: 30_000 }, () => {
  it('names a broken uniqueness rule', async () => {
    const test = await open();
    await test.store.sql.insertInto('people').values(person('per_a')).execute();
    const again = test.store.sql.insertInto('people').values(person('per_b', 'per_a@example.test')).execute();
    await expect(again).rejects.toThrow(UniqueViolation);
    const missing = test.store.sql.insertInto('agent_keys').values({
      thumbprint: 't',
      agent_id: 'agt_missing',
      jwk: '{}',
      created_at: 1,
      valid_until: null,
    });
    await expect(missing.execute()).rejects.toThrow('FOREIGN KEY');
  });

  it('returns rows and counts', async () => {
    const test = await open();
    const inserted = await test.store.sql
      .insertInto('people')
      .values(person('per_a'))
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
    await expect(sql`SELECT 1; DELETE FROM people`.execute(test.store.sql)).resolves.toBeDefined();
    await expect(test.store.sql.transaction().execute(async () => 1)).rejects.toThrow('use the store');
    expect(await sql<{ one: number }>`SELECT 1 AS one`.execute(test.store.sql)).toMatchObject({
      rows: [{ one: 1 }],
    });
  });

  it('does not let a slow search delay appends or other reads', async () => {
    const test = await open();
    const slow = sql`SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000000) SELECT i FROM n)`;
    let searching = true;
    const search = slow.execute(test.store.sql).finally(() => {
      searching = false;
    });
    await test.store.append([makeTestRecord(0)]);
    expect(await readSeqs(test)).toEqual([0]);
    expect(searching).toBe(true);
    await search;
  });
});

describe('life', { timeout: 30_000 }, () => {
  it('is used by one at a time', async () => {
    const test = await open();
    await expect(openTestStore({ folder: test.folder })).rejects.toMatchObject({
      code: 'server.data_folder_in_use',
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

  it('leaves everything in the database file when it closes', async () => {
    const test = await open();
    await test.store.append([makeTestRecord(0)]);
    await readSeqs(test);
    await test.store.close();
    expect(readdirSync(test.folder).filter((name) => name.endsWith('-wal'))).toEqual([]);
    await test.reopen();
    expect(await readSeqs(test)).toEqual([0]);
  });

  it('refuses data from another release', async () => {
    const test = await open();
    await sql`INSERT INTO migrations VALUES (1000, '9999-later')`.execute(test.store.sql);
    await expect(test.reopen()).rejects.toMatchObject({ code: 'server.data_folder_newer' });
  });
});
