import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseProxy, startDatabaseProxy } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestPerson } from '../database.contract.ts';
import type { CommitInDoubt, Store } from '../database.ts';
import { createMemoryKeyring } from '../sealing/keyring.ts';
import { createTestLedgerKey, makeTestRecord, testKeyRoots } from '../test-store.ts';
import { createTestDatabase, type TestDatabase } from './create-test-database.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { parseDatabaseUrl } from './parse-database-url.ts';

const unavailable = { code: 'ledger.unavailable' };
const endWriters = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`;

describe('a store that loses its database', { timeout: 60_000 }, () => {
  const key = createTestLedgerKey();
  const keyring = createMemoryKeyring(testKeyRoots);
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let store: Store;
  const open = (url: string) =>
    openPostgresStore({
      address: parseDatabaseUrl(url),
      loadLedgerKey: async () => key,
      openKeyring: async () => keyring,
    });

  beforeEach(async () => {
    database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
    proxy = await startDatabaseProxy(database.url);
    store = await open(proxy.url);
  });
  afterEach(async () => {
    await store.close();
    await proxy.close();
    await database.giveBack();
  });

  async function untilWritable(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const isBack = await store.requireWritable().then(
        () => true,
        () => false,
      );
      if (isBack) return;
      await sleep(50);
    }
    throw new Error('the store does not come back');
  }

  const readRecords = () =>
    store.sql.selectFrom('ledger_entries').select(['seq', 'id']).orderBy('seq').execute();

  it('refuses everything at once, and goes on by itself', async () => {
    await store.append([makeTestRecord(0)]);
    proxy.cut('refuse');
    await sleep(20);
    const begun = performance.now();
    await expect(store.append([makeTestRecord(1)])).rejects.toMatchObject(unavailable);
    await expect(store.transaction(async (tx) => tx.record(makeTestRecord(2)))).rejects.toMatchObject(
      unavailable,
    );
    const insert = store.sql.insertInto('people').values(makeTestPerson('per_a'));
    await expect(insert.execute()).rejects.toMatchObject(unavailable);
    await expect(store.checkpoint()).rejects.toMatchObject(unavailable);
    await expect(readRecords()).rejects.toMatchObject(unavailable);
    await expect(store.requireWritable()).rejects.toMatchObject(unavailable);
    expect(performance.now() - begun).toBeLessThan(2_000);
    proxy.cut('accept');
    await untilWritable();
    await store.append([makeTestRecord(3)]);
    expect((await readRecords()).map(({ id }) => id)).toEqual([makeTestRecord(0).id, makeTestRecord(3).id]);
    expect((await store.checkpoint()).size).toBe(2);
  });

  it('knows what was committed when the answer and the end of the session come in one packet', async () => {
    await store.append([makeTestRecord(0)]);
    proxy.endWithNextAnswer();
    await store.append([makeTestRecord(1)]);
    await untilWritable();
    proxy.endWithNextAnswer();
    await store.transaction(async (tx) => tx.record(makeTestRecord(2)));
    await untilWritable();
    await store.append([makeTestRecord(3)]);
    expect((await readRecords()).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });

  it('goes on after an operator has ended its sessions', async () => {
    await database.execute(endWriters);
    await store.append([makeTestRecord(0)]).catch(() => {});
    await untilWritable();
    await store.append([makeTestRecord(1)]);
    expect((await readRecords()).map(({ seq }) => seq)).toEqual((await readRecords()).map((_row, n) => n));
  });

  it('rolls back a transaction that was open', async () => {
    const change = store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
      proxy.cut();
      await sleep(50);
      await tx.sql.insertInto('people').values(makeTestPerson('per_b')).execute();
    });
    await expect(change).rejects.toMatchObject(unavailable);
    await untilWritable();
    expect(await store.sql.selectFrom('people').select('id').execute()).toEqual([]);
  });

  describe('in the middle of a commit', () => {
    async function breakDuring(commit: () => Promise<unknown>): Promise<void> {
      const outcome = expect(commit()).rejects.toMatchObject(unavailable);
      // Long enough for the commit to happen on the other side of the wire.
      await sleep(300);
      proxy.lose('nothing');
      proxy.cut();
      await outcome;
    }

    it.each([
      ['answers', 1],
      ['questions', 0],
    ] as const)(
      'refuses an append whose %s were lost, and tells late what happened',
      async (lost, happened) => {
        const heard: number[] = [];
        store.onAppended((records) => heard.push(...records.map(({ seq }) => seq)));
        await store.append([makeTestRecord(0)]);
        proxy.lose(lost);
        let thrown: unknown;
        await breakDuring(() => {
          const append = store.append([makeTestRecord(1), makeTestRecord(2)]);
          append.catch((error: unknown) => {
            thrown = error;
          });
          return append;
        });
        expect(heard).toEqual([0]);
        await untilWritable();
        // What was spent with it stays spent until then, and is given back only where nothing happened.
        expect(await (thrown as CommitInDoubt).settled).toBe(happened === 1);
        await store.append([makeTestRecord(3)]);
        expect(heard).toEqual(happened === 1 ? [0, 1, 2, 3] : [0, 1]);
        expect(await readRecords()).toHaveLength(heard.length);
        expect((await store.checkpoint()).size).toBe(heard.length);
      },
    );

    it.each([
      ['answers', false, true],
      ['questions', false, false],
      // The answer to the records is lost before the commit is sent.
      ['answers', true, false],
    ] as const)(
      'brings into force what a transaction without %s has changed, late (records: %s)',
      async (lost, isRecorded, happened) => {
        let inForce = false;
        const change = () =>
          store.transaction(async (tx) => {
            await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
            if (isRecorded) tx.record(makeTestRecord(0));
            tx.afterCommit(() => {
              inForce = true;
            });
            proxy.lose(lost);
          });
        await breakDuring(change);
        expect(inForce).toBe(false);
        await untilWritable();
        expect(inForce).toBe(happened);
        expect(await store.sql.selectFrom('people').select('id').execute()).toHaveLength(happened ? 1 : 0);
      },
    );
  });

  describe('to another gateway', () => {
    it('writes nothing once the other one has taken it', async () => {
      await store.append([makeTestRecord(0)]);
      // What a newcomer does first; a pooler that lends sessions would let it come this far.
      await database.execute('UPDATE ledger_streams SET epoch = epoch + 1, holder = gen_random_uuid()::text');
      await expect(store.append([makeTestRecord(1)])).rejects.toMatchObject(unavailable);
      const insert = store.sql.insertInto('people').values(makeTestPerson('per_a'));
      await expect(insert.execute()).rejects.toMatchObject(unavailable);
      await sleep(500);
      await expect(store.append([makeTestRecord(2)])).rejects.toMatchObject(unavailable);
      expect(await readRecords()).toHaveLength(1);
      expect(await store.sql.selectFrom('people').selectAll().execute()).toEqual([]);
    });

    it('never goes on over what the other one wrote, even when that one is gone again', async () => {
      await store.append([makeTestRecord(0)]);
      proxy.cut('refuse');
      const other = await open(database.url);
      await other.append([makeTestRecord(1)]);
      proxy.cut('accept');
      await sleep(500);
      await expect(store.append([makeTestRecord(2)])).rejects.toMatchObject(unavailable);
      await other.close();
      await sleep(5_500);
      await expect(store.append([makeTestRecord(3)])).rejects.toMatchObject(unavailable);
      expect((await readRecords()).map(({ id }) => id)).toEqual([makeTestRecord(0).id, makeTestRecord(1).id]);
      await store.close();
      store = await open(database.url);
      await store.append([makeTestRecord(4)]);
    });

    it('never goes on where records were removed in the meantime', async () => {
      await store.append([makeTestRecord(0)]);
      await store.append([makeTestRecord(1)]);
      proxy.cut('refuse');
      await database.execute(
        'DELETE FROM ledger_entries WHERE seq = 1; DELETE FROM ledger_payloads WHERE seq = 1;',
      );
      await database.execute('DELETE FROM ledger_checkpoints');
      proxy.cut('accept');
      await sleep(1_000);
      await expect(store.append([makeTestRecord(1)])).rejects.toMatchObject(unavailable);
    });
  });
});
