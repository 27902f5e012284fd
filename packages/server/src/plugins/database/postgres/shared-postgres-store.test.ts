import { parseCheckpoint, parseNote } from '@countersign/ledger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../database.ts';
import { firstSeqOf } from '../ledger-streams.ts';
import { makeTestRecord } from '../test-store.ts';
import { openPostgresTestStore, type PostgresTestStore } from './open-postgres-test-store.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';
const shared = { isShared: true };

/** A session of the server ends as if its gateway had been killed. */
async function endSessions(test: PostgresTestStore, stream: number): Promise<void> {
  await test.changeBehindItsBack(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 716507464
     AND objid = ${stream} AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
}

describe('a database that gateways share', () => {
  let test: PostgresTestStore;
  const others: Store[] = [];

  beforeEach(async () => {
    test = await openPostgresTestStore(server, shared);
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close();
    await test.remove();
  });

  async function openOther(): Promise<Store> {
    const other = await test.openAnother(shared);
    others.push(other);
    return other;
  }

  it('gives each a stream of its own, with a tree, a key and checkpoints', async () => {
    const second = await openOther();
    const third = await openOther();
    expect([test.store, second, third].map(({ seat }) => seat.stream)).toEqual([0, 1, 2]);
    expect(new Set([test.store, second, third].map(({ ledger }) => ledger.vkey)).size).toBe(3);
    const heard: number[] = [];
    second.onAppended((records) => heard.push(...records.map(({ seq }) => seq)));
    await Promise.all([
      ...Array.from({ length: 40 }, (_, at) => test.store.append([makeTestRecord(at)])),
      ...Array.from({ length: 40 }, (_, at) => second.append([makeTestRecord(100 + at)])),
      third.append([makeTestRecord(200)]),
    ]);
    expect(heard).toEqual(Array.from({ length: 40 }, (_, at) => firstSeqOf(1) + at));
    for (const [store, size] of [
      [test.store, 40],
      [second, 40],
      [third, 1],
    ] as const) {
      const { note } = await store.checkpoint();
      const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
      expect(checkpoint).toMatchObject({ size, origin: store.ledger.origin });
    }
    const entries = await test.store.sql.selectFrom('ledger_entries').select(['seq', 'entry']).execute();
    for (const { seq, entry } of entries) {
      const stream = Math.floor(seq / firstSeqOf(1));
      expect(JSON.parse(entry)).toMatchObject({
        seq: seq - firstSeqOf(stream),
        stream: stream === 0 ? 'main' : `main-${stream}`,
      });
    }
  });

  it('indexes for the others what a gateway has written, though nobody searches there', async () => {
    const second = await openOther();
    await second.append([makeTestRecord(0), makeTestRecord(1)]);
    const findIndexed = async (): Promise<number> => {
      const { sql } = test.store;
      const row = await sql
        .selectFrom('ledger_index')
        .select('indexed')
        .where('name', '=', 'pages-1')
        .executeTakeFirst();
      return row?.indexed ?? 0;
    };
    await expect.poll(findIndexed, { timeout: 20_000 }).toBe(firstSeqOf(1) + 2);
  });

  it('goes on where the gateway that had the stream before has ended', async () => {
    const second = await openOther();
    await second.append([makeTestRecord(0), makeTestRecord(1)]);
    await second.close();
    others.splice(0);
    const next = await openOther();
    expect(next.seat.stream).toBe(1);
    expect(next.seat.holder).not.toBe(second.seat.holder);
    await next.append([makeTestRecord(2)]);
    const checkpoint = await next.checkpoint();
    expect(checkpoint.size).toBe(3);
  });

  it('has no place for a gateway that shares nothing, nor beside one', async () => {
    await expect(test.openAnother({ isShared: false })).rejects.toMatchObject({
      code: 'server.database_in_use',
    });
    await test.reopen({ isShared: false });
    await expect(test.openAnother(shared)).rejects.toMatchObject({ code: 'server.database_in_use' });
  });

  it('lets one transaction at a time decide, whoever asks', async () => {
    const stores = [test.store, await openOther(), await openOther()];
    await test.store.sql.insertInto('ledger_index').values({ name: 'counted', indexed: 0 }).execute();
    const raise = (store: Store) =>
      store.transaction(async (tx) => {
        const row = await tx.sql
          .selectFrom('ledger_index')
          .select('indexed')
          .where('name', '=', 'counted')
          .executeTakeFirstOrThrow();
        await tx.sql
          .updateTable('ledger_index')
          .set({ indexed: row.indexed + 1 })
          .where('name', '=', 'counted')
          .execute();
      });
    await Promise.all(stores.flatMap((store) => Array.from({ length: 20 }, () => raise(store))));
    const counted = await test.store.sql
      .selectFrom('ledger_index')
      .select('indexed')
      .where('name', '=', 'counted')
      .executeTakeFirst();
    expect(counted?.indexed).toBe(60);
  });

  it('closes the stream of a gateway that is gone, and of no other', async () => {
    let fenced = 0;
    const second = await test.openAnother({ ...shared, onFenced: () => (fenced += 1) });
    others.push(second);
    await second.append([makeTestRecord(0)]);
    expect(await test.store.endSeat(second.seat)).toBe(false);
    await second.append([makeTestRecord(1)]);
    // It comes back within the second that it is given.
    await endSessions(test, 1);
    expect(await test.store.endSeat(second.seat)).toBe(false);
    await expect
      .poll(() =>
        second.append([makeTestRecord(2)]).then(
          () => 'written',
          () => 'not',
        ),
      )
      .toBe('written');
    // Whoever has closed the stream has the last word.
    await test.changeBehindItsBack(
      `UPDATE ledger_streams SET epoch = epoch + 1, holder = 'somebody else' WHERE number = 1`,
    );
    expect(await test.store.endSeat(second.seat)).toBe(true);
    await expect(second.append([makeTestRecord(3)])).rejects.toMatchObject({ code: 'ledger.unavailable' });
    await expect.poll(() => fenced).toBe(1);
    await test.store.append([makeTestRecord(4)]);
  });

  it('is told that a killed gateway is gone, and what it had written stays', async () => {
    const second = await openOther();
    await second.append([makeTestRecord(0)]);
    const { seat } = second;
    await second.close();
    others.splice(0);
    expect(await test.store.endSeat(seat)).toBe(true);
    expect(await test.store.endSeat(seat)).toBe(true);
    const rows = await test.store.sql.selectFrom('ledger_entries').select('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual([firstSeqOf(1)]);
  });
});
