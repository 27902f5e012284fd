import { expect, it } from 'vitest';
import type { OpenTestStore } from './database.contract.ts';
import { KnownReader, type PostingReader, UnionReader } from './posting-reader.ts';
import { writeDigestValue } from './record-values.ts';
import { TermReader } from './term-reader.ts';
import { makeTestRecord, type TestStore } from './test-store.ts';
import { ValueReader } from './value-reader.ts';

async function findAll({ store }: TestStore, term: string, start = 0): Promise<number[]> {
  return readAll(new TermReader(store.sql, term, start), start);
}

async function readAll(reader: PostingReader, start = 0): Promise<number[]> {
  const seqs: number[] = [];
  for (let end = Number.MAX_SAFE_INTEGER; end > start; ) {
    const found = await reader.readBefore(end);
    seqs.push(...found.seqs);
    end = found.floor;
  }
  return seqs;
}

/** How records are found again: those of the path through pages, all others through rows of their own. */
export function testIndex(open: OpenTestStore): void {
  it('finds records of both kinds, newest first, from wherever it is asked to start', async () => {
    const test = await open();
    for (let round = 0; round < 12; round += 1) {
      const numbers = Array.from({ length: 60 }, (_, offset) => round * 60 + offset);
      const records = numbers.map((number) =>
        makeTestRecord(number, { kind: number % 7 === 0 ? 'task.opened' : 'action.intent' }),
      );
      await test.store.append(records);
      if (round % 5 !== 4) await test.store.index();
    }
    await test.store.index();
    const all = Array.from({ length: 720 }, (_, number) => 719 - number);
    expect(await findAll(test, 'agt_a')).toEqual(all);
    expect(await findAll(test, 'agt_a', 650)).toEqual(all.slice(0, 70));
    expect(await findAll(test, 'kind:task.opened')).toEqual(all.filter((seq) => seq % 7 === 0));
    const reader = new TermReader(test.store.sql, 'agt_a', 0);
    for (const end of [100, 700, 3, 500, 499]) expect((await reader.readBefore(end)).seqs[0]).toBe(end - 1);
    expect(await reader.readBefore(0)).toEqual({ seqs: [], floor: 0 });
    for (const [from, end] of [
      [0, 720],
      [59, 61],
      [300, 301],
      [7, 7],
    ] as const)
      expect([...((await reader.readBetween(from, end)) ?? [])].sort((a, b) => b - a)).toEqual(
        all.filter((seq) => seq >= from && seq < end),
      );
    const both = new UnionReader(
      [new TermReader(test.store.sql, 'kind:task.opened', 0), new KnownReader([5, 3], 0)],
      0,
    );
    expect(await readAll(both)).toEqual(all.filter((seq) => seq % 7 === 0 || seq === 5 || seq === 3));
    expect([...((await both.readBetween(4, 8)) ?? [])].sort()).toEqual([5, 7]);
    await test.reopen();
    expect(await findAll(test, 'agt_a')).toEqual(all);
  });

  it('takes few rows for many records, and none for what the records of one action name of each other', async () => {
    const test = await open();
    const call = (number: number) => {
      const intent = makeTestRecord(2 * number);
      const outcome = makeTestRecord(2 * number + 1, {
        kind: 'action.outcome',
        causes: [intent.id, 'rec_other'],
      });
      return [intent, { ...outcome, action: intent.action ?? '' }];
    };
    await Promise.all(Array.from({ length: 100 }, (_, number) => test.store.append(call(number))));
    await test.store.index();
    const { rows } = await test.store.sql
      .selectFrom('ledger_term_pages')
      .select(({ fn }) => fn.countAll().as('rows'))
      .executeTakeFirstOrThrow();
    expect(Number(rows)).toBeLessThan(100 + 20);
    expect(await findAll(test, makeTestRecord(6).action ?? '')).toEqual([7, 6]);
    expect(await findAll(test, makeTestRecord(6).id)).toEqual([]);
    expect(await findAll(test, 'rec_other')).toHaveLength(100);
  });

  it('finds calls by the values of their arguments, across blocks, and keeps none of these in the database', async () => {
    const test = await open();
    const records = Array.from({ length: 40 }, (_, number) =>
      makeTestRecord(number, {
        body: {
          arguments: { iban: `DE8937040044053201300${number % 2}`, number },
          callDigest: `dig${number}`,
        },
      }),
    );
    await test.store.append(records);
    await test.store.index();
    const find = (value: string) =>
      readAll(
        new ValueReader({ sql: test.store.sql, keys: test.store.keyring.keys }, value, {
          start: 0,
          newest: 40,
        }),
      );
    expect(await find('de89370400440532013001')).toEqual(Array.from({ length: 20 }, (_, at) => 39 - 2 * at));
    expect(await find('7')).toEqual([7]);
    expect(await find(writeDigestValue('dig3'))).toEqual([3]);
    expect(await find('dig3')).toEqual([]);
    const rows = await test.store.sql.selectFrom('ledger_value_pages').selectAll().execute();
    const text = rows
      .map(({ seqs, ...row }) => JSON.stringify(row) + Buffer.from(seqs).toString('latin1'))
      .join();
    expect(text.toLowerCase()).not.toContain('de89');
    // Once everything in a block is erased, its values cannot be told any more either.
    await test.store.destroyKeys([{ retentionClass: 'content', from: 0, to: 16_384 }], 1);
    expect(await find('7')).toEqual([]);
  });

  it('indexes after a crash what was not indexed before', async () => {
    const test = await open();
    await test.store.append([makeTestRecord(0), makeTestRecord(1, { body: { text: '\ud800' } })]);
    await test.store.index();
    await test.store.append([makeTestRecord(2)]);
    await test.store.index();
    await test.store.close();
    // As if the process had been killed before it indexed anything, and once more after it had written a page.
    await test.changeBehindItsBack('UPDATE ledger_index SET indexed = 0');
    await test.changeBehindItsBack('DELETE FROM ledger_term_pages WHERE first_seq > 1');
    await test.reopen();
    await test.store.index();
    expect(await findAll(test, 'agt_a')).toEqual([2, 1, 0]);
  });
}
