import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import { expect, it } from 'vitest';
import { makeTestPerson, type OpenTestStore, readPeople, readSeqs } from './database.contract.ts';
import { UniqueViolation } from './database.ts';
import { makeTestRecord, type TestStore } from './test-store.ts';

/** All or nothing. */
export function testTransactions(open: OpenTestStore): void {
  it('commits state and records together, then tells', async () => {
    const test = await open();
    const order: string[] = [];
    test.store.onAppended((records) => order.push(...records.map(({ seq }) => `record ${seq}`)));
    const value = await test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
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
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
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
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
      tx.record(makeTestRecord(0));
    });
    await expect(change).rejects.toThrow(UniqueViolation);
    expect(await readPeople(test)).toEqual([]);
    await test.reopen();
  });

  it('leaves nothing behind when a statement failed, even if the work goes on', async () => {
    const test = await open();
    const change = test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
      await tx.sql
        .insertInto('people')
        .values(makeTestPerson('per_a'))
        .execute()
        .catch(() => {});
      tx.record(makeTestRecord(0));
    });
    await expect(change).rejects.toThrow(UniqueViolation);
    expect([await readPeople(test), await readSeqs(test)]).toEqual([[], []]);
    await test.store.append([makeTestRecord(0)]);
  });
}

/** Turns: nobody waits for himself, and nobody keeps the others waiting. */
export function testTurns(open: OpenTestStore): void {
  it('is cut off after its time, and what comes late lands nowhere', async () => {
    const test = await open({ transactionTimeoutMs: 500 });
    const late = Promise.withResolvers<unknown>();
    const change = test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(makeTestPerson('per_a')).execute();
      await sleep(900);
      tx.sql.insertInto('people').values(makeTestPerson('per_b')).execute().catch(late.resolve);
    });
    await expect(change).rejects.toMatchObject({ code: 'server.transaction_timed_out' });
    expect(await late.promise).toMatchObject({ code: 'server.transaction_timed_out' });
    await test.store.transaction(async (tx) => {
      await tx.sql.insertInto('people').values(makeTestPerson('per_c')).execute();
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
      test.store.sql.insertInto('people').values(makeTestPerson('per_a')).execute().then(note('write')),
      test.store.transaction(async (tx) => tx.record(makeTestRecord(1))).then(note('second')),
    ]);
    expect(done.slice(0, 2)).toEqual(['first', 'append']);
    expect(done.slice(2).sort()).toEqual(['second', 'write']);
    expect(await readSeqs(test)).toEqual([0, 1]);
  });

  it.each<[string, (test: TestStore) => Promise<unknown>]>([
    ['transaction', ({ store }) => store.transaction(async () => 1)],
    ['append', ({ store }) => store.append([makeTestRecord(0)])],
    ['write', ({ store }) => store.sql.insertInto('people').values(makeTestPerson('per_z')).execute()],
    ['checkpoint', ({ store }) => store.checkpoint()],
  ])('refuses another %s inside, instead of waiting for itself', async (_name, inside) => {
    const test = await open();
    await expect(test.store.transaction(() => inside(test))).rejects.toThrow('inside a transaction');
    await inside(test);
  });
}
