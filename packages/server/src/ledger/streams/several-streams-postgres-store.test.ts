import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../people/index.ts';
import type { Store } from '../../plugins/database/database.ts';
import { firstSeqOf, streamOf } from '../../plugins/database/ledger-streams.ts';
import {
  openPostgresTestStore,
  type PostgresTestStore,
} from '../../plugins/database/postgres/open-postgres-test-store.ts';
import { makeTestRecord } from '../../plugins/database/test-store.ts';
import { readBackwards } from '../read-backwards.ts';
import { findRecords, searchLedger } from '../search-ledger.ts';
import { tailLedger } from '../tail-ledger.ts';
import { listStreams } from './list-streams.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';
const shared = { isShared: true };
const auditor: Actor = { kind: 'operator' };
const count = 600;

let test: PostgresTestStore;
let stores: readonly Store[];
const now = 1_790_000_100_000;
let drawn = 0;
const contextOf = (store: Store) => ({
  store,
  platform: {
    now: () => now,
    newId: (prefix: string) => {
      drawn += 1;
      return `${prefix}_${String(900_000 + drawn).padStart(26, '0')}`;
    },
  },
});
const context = () => contextOf(test.store) as never;

beforeAll(async () => {
  test = await openPostgresTestStore(server, shared);
  stores = [test.store, await test.openAnother(shared), await test.openAnother(shared)];
  // The third writes nothing before the second half.
  for (let from = 0; from < count; from += 50) {
    for (const [index, store] of stores.entries()) {
      const numbers = Array.from({ length: 50 }, (_, at) => from + at);
      const own = numbers.filter((number) => number % 3 === index && (index < 2 || number >= count / 2));
      await store.append(own.map((number) => makeTestRecord(number, { agent: `agt_${number % 7}` })));
    }
  }
}, 60_000);
afterAll(async () => {
  for (const store of stores.slice(1)) await store.close();
  await test.remove();
});

const written = () =>
  Array.from({ length: count }, (_, number) => number).filter(
    (number) => number % 3 !== 2 || number >= count / 2,
  );
const numberOf = ({ id }: { readonly id: string }) => Number(id.slice(4));

describe('a ledger of several streams', () => {
  it('ledger.several-streams: says where each stream ends', async () => {
    const streams = await listStreams(test.store.sql);
    expect(streams.map(({ stream, start, end }) => [stream, start, end - start])).toEqual([
      [0, 0, 200],
      [1, firstSeqOf(1), 200],
      [2, firstSeqOf(2), 100],
    ]);
  });

  it.each([0, 1, 2])('is found page by page, newest first, by gateway %i', async (index) => {
    const store = stores[index] ?? test.store;
    await Promise.all(stores.map((one) => one.index()));
    const found: number[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 100; pages += 1) {
      const search = { kind: 'action.intent' as const, limit: 37, ...(cursor !== undefined && { cursor }) };
      const page = await findRecords({ store }, search);
      found.push(...page.items.map(numberOf));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(found).toEqual(written().toReversed());
  });

  it('opens what another gateway has sealed, and searches all streams by what records say', async () => {
    await Promise.all(stores.map((one) => one.index()));
    const page = await searchLedger(context(), auditor, { q: 'agent:agt_4', limit: 500 });
    const wanted = written().filter((number) => number % 7 === 4);
    expect(page.items.map(numberOf)).toEqual(wanted.toReversed());
    for (const { body, damaged } of page.items) {
      expect(damaged).toBeUndefined();
      expect(body).toHaveProperty('number');
    }
    expect(new Set(page.items.map(({ seq }) => streamOf(seq)))).toEqual(new Set([0, 1, 2]));
  });

  it('is cut by times, and before and after a record of any stream', async () => {
    const from = 1_790_000_000_000 + 100;
    const times = await findRecords({ store: test.store }, { from, to: from + 50, limit: 500 });
    expect(times.items.map(numberOf)).toEqual(
      written()
        .filter((one) => one >= 100 && one < 150)
        .toReversed(),
    );
    const middle = times.items.find(({ seq }) => streamOf(seq) === 1);
    if (middle === undefined) throw new Error('nothing in the second stream');
    const at = numberOf(middle);
    const kind = 'action.intent' as const;
    const after = await findRecords({ store: test.store }, { kind, after: middle.seq, limit: 500 });
    expect(after.items.every((one) => one.at >= middle.at && one.id !== middle.id)).toBe(true);
    expect(
      after.items
        .filter(({ seq }) => streamOf(seq) === 1)
        .map(numberOf)
        .at(-1),
    ).toBe(at + 3);
    const before = await findRecords({ store: test.store }, { kind, before: middle.seq, limit: 500 });
    expect(before.items.map(numberOf)).toEqual(
      written()
        .filter((one) => one < at)
        .toReversed(),
    );
  });

  it('is read backwards whole, and goes on where it was left', async () => {
    const range = { kinds: ['action.intent' as const], from: 0 };
    const found: number[] = [];
    let before: string | undefined;
    for (let rounds = 0; rounds < 20; rounds += 1) {
      let next: string | null = null;
      for await (const page of readBackwards(test.store, {
        ...range,
        ...(before !== undefined && { before }),
      })) {
        found.push(...page.items.map(numberOf));
        next = page.next;
        break;
      }
      if (next === null) break;
      before = next;
    }
    expect(found.sort((one, other) => one - other)).toEqual(written());
  });

  it('is followed live whoever writes, and after a break no record is missing or told twice', async () => {
    const follow = async (after: string | undefined, most: number) => {
      const gone = new AbortController();
      const options = { signal: gone.signal, idleMs: 200 };
      const tail = await tailLedger(context(), auditor, after === undefined ? {} : { after }, options);
      const seen: { id: string; place: string }[] = [];
      const done = (async () => {
        for await (const records of tail) {
          for (const { record, place } of records)
            if (record.kind === 'action.intent') seen.push({ id: record.id, place });
          if (seen.length >= most) break;
        }
        gone.abort();
      })();
      return { seen, done };
    };
    const first = await follow(undefined, 3);
    for (const [index, store] of stores.entries()) await store.append([makeTestRecord(9_000 + index)]);
    await first.done;
    expect(first.seen.map(numberOf).sort()).toEqual([9_000, 9_001, 9_002]);
    for (const [index, store] of stores.entries()) await store.append([makeTestRecord(9_010 + index)]);
    const second = await follow(first.seen.at(-1)?.place, 3);
    await second.done;
    expect(second.seen.map(numberOf).sort()).toEqual([9_010, 9_011, 9_012]);
  });
});
