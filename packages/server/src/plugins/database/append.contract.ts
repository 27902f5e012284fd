import type { LedgerRecord } from '@countersign/api';
import { expect, it } from 'vitest';
import { type OpenTestStore, readPayloads, readSeqs } from './database.contract.ts';
import { type AppendedRecord, UniqueViolation } from './database.ts';
import { TermReader } from './term-reader.ts';
import { makeTestRecord } from './test-store.ts';

/** How records become durable: whole, in order, with their effects. */
export function testAppends(open: OpenTestStore): void {
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

  it('keeps the order of calls and of transactions among more calls than one commit takes', async () => {
    const test = await open();
    const heard: AppendedRecord[] = [];
    test.store.onAppended((records) => heard.push(...records));
    const append = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => test.store.append([makeTestRecord(from + at)]));
    const calls = append(0, 1_500);
    const between = test.store.transaction(async (tx) => {
      tx.record(makeTestRecord(1_500));
    });
    await Promise.all([...calls, between, ...append(1_501, 900)]);
    const numbers = Array.from({ length: 2_401 }, (_, number) => number);
    expect(heard.map(({ seq }) => seq)).toEqual(numbers);
    expect(await readSeqs(test)).toEqual(numbers);
    const inOrder = (some: readonly number[]) =>
      some.every((one, at) => at === 0 || one > (some[at - 1] ?? 0));
    const told = heard.map(({ record }) => Number(record.body.number));
    expect(inOrder(told.filter((number) => number !== 1_500))).toBe(true);
    expect(told.indexOf(1_500)).toBeGreaterThanOrEqual(1_500);
  });

  it('adds effects in the same write', async () => {
    const test = await open();
    const effects = [
      { kind: 'usage' as const, holder: 'tsk_a', calls: 1, spendMinor: 250 },
      { kind: 'usage' as const, holder: 'dlg_a', calls: 1, spendMinor: 250 },
    ];
    await test.store.append([makeTestRecord(0)], effects);
    await test.store.append([makeTestRecord(1)], effects);
    const settled = { kind: 'usage' as const, holder: 'dlg_a', calls: 0, spendMinor: 0 };
    await test.store.append([makeTestRecord(2)], [{ ...settled, rows: 9, bytes: 90 }]);
    await test.store.append([makeTestRecord(3)], [{ ...settled, rows: -2, bytes: -20 }]);
    const rows = await test.store.sql.selectFrom('budgets').selectAll().orderBy('holder').execute();
    expect(rows).toEqual([
      { holder: 'dlg_a', calls: 2, spend_minor: 500, result_rows: 7, result_bytes: 70 },
      { holder: 'tsk_a', calls: 2, spend_minor: 500, result_rows: 0, result_bytes: 0 },
    ]);
  });

  it('counts in the newest window, in one write or in several', async () => {
    const test = await open();
    const name = { policyId: 'p:a', per: 'tool', subject: 'u/hostile\0', unit: 'calls', windowSeconds: 60 };
    const count = (startsAt: number, amount: number) => ({
      kind: 'count' as const,
      ...name,
      startsAt,
      amount,
    });
    const read = () => test.store.sql.selectFrom('limit_counters').select(['starts_at', 'used']).execute();
    await test.store.append([makeTestRecord(0)], [count(60_000, 1), count(60_000, 2)]);
    await test.store.append([makeTestRecord(1)], [count(60_000, 3)]);
    expect(await read()).toEqual([{ starts_at: 60_000, used: 6 }]);
    await test.store.append([makeTestRecord(2)], [count(60_000, 1), count(120_000, 5), count(60_000, -1)]);
    expect(await read()).toEqual([{ starts_at: 120_000, used: 5 }]);
    // A clock that was set back, and a call that outlived its window.
    await test.store.append([makeTestRecord(3)], [count(60_000, 1)]);
    await test.store.append([makeTestRecord(4)], [count(120_000, -2)]);
    expect(await read()).toEqual([{ starts_at: 120_000, used: 3 }]);
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
}

/** What no caller may do to the ledger, by mistake or on purpose. */
export function testHostileRecords(open: OpenTestStore): void {
  it('keeps hostile text that canonical JSON cannot carry', async () => {
    const test = await open();
    let deep: unknown = 'end';
    for (let level = 0; level < 100; level += 1) deep = [deep];
    await test.store.append([makeTestRecord(0, { tool: 'pay\ud800', body: { text: '\udfff' } })]);
    await test.store.append([makeTestRecord(1, { body: { deep } })]);
    await test.store.append([makeTestRecord(2, { tool: 'x'.repeat(100_000) })]);
    const payloads = await readPayloads(test);
    const kept = payloads.slice(0, 2).map(({ notCanonical }) => JSON.parse(notCanonical));
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

  it('keeps names that text cannot hold, so that hostile ones are found like others', async () => {
    const test = await open();
    const upstream = 'pay\0ments';
    await test.store.append([makeTestRecord(0, { upstream, tool: '\0' })]);
    await test.store.append([makeTestRecord(1, { body: { text: '\0' } })]);
    expect(await readPayloads(test)).toMatchObject([{ upstream }, { body: { text: '\0' } }]);
    await test.store.index();
    const reader = new TermReader(test.store.sql, `upstream:${upstream}`, 0);
    expect((await reader.readBefore(2)).seqs).toEqual([0]);
    await test.reopen();
  });
}
