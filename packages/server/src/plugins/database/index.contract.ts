import { expect, it } from 'vitest';
import type { OpenTestStore } from './database.contract.ts';
import { TermCursor } from './term-cursor.ts';
import { makeTestRecord, type TestStore } from './test-store.ts';

async function findAll({ store }: TestStore, term: string, start = 0): Promise<number[]> {
  const cursor = new TermCursor(store.sql, term, start);
  const seqs: number[] = [];
  for (let end = Number.MAX_SAFE_INTEGER; ; ) {
    const found = await cursor.findBefore(end);
    if (found === undefined) return seqs;
    seqs.push(found);
    end = found;
  }
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
    const cursor = new TermCursor(test.store.sql, 'agt_a', 0);
    for (const end of [100, 700, 3, 500, 499]) expect(await cursor.findBefore(end)).toBe(end - 1);
    expect(await cursor.findBefore(0)).toBeUndefined();
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
