import { expect, it } from 'vitest';
import { migration0053 } from '../../plugins/database/migrations/0053-older-values.ts';
import { makeTestRecord, openTestStore } from '../../plugins/database/open-test-store.ts';
import { findOlderEnd, indexOlderValues } from './index-older-values.ts';
import { openReader } from './open-reader.ts';
import { readQuery, resolveQuery } from './resolve-query.ts';

it('search.older-values: finds what was recorded before values were indexed, step by step, also after a crash', async () => {
  const test = await openTestStore();
  const context = () => ({ store: test.store, platform: { now: () => 0 } }) as never;
  const records = Array.from({ length: 600 }, (_, number) =>
    makeTestRecord(number, { kind: 'action.intent', body: { arguments: { to: `payee-${number}` } } }),
  );
  await test.store.append(records);
  await test.store.index();
  await test.store.close();
  // As a store is that was made before there were values in the index.
  await test.changeBehindItsBack('DELETE FROM ledger_value_pages');
  for (const statement of migration0053.statements) await test.changeBehindItsBack(statement);
  await test.reopen();
  const find = async (value: string) => {
    const [group] = await resolveQuery(test.store.sql, readQuery(`arg:${value}`), 0);
    const [term] = group?.terms ?? [];
    if (term === undefined) throw new Error('it is a term');
    const reader = await openReader(test.store, term, { start: 0, newest: 600 });
    return (await reader.readBefore(600)).seqs;
  };
  expect(await find('payee-5')).toEqual([]);
  expect(await findOlderEnd(test.store)).toBe(600);
  await indexOlderValues(context());
  expect(await findOlderEnd(test.store)).toBe(344);
  expect(await find('payee-599')).toEqual([599]);
  expect(await find('payee-5')).toEqual([]);
  await test.reopen();
  // Two at once, as two gateways do it: one step each time.
  await Promise.all([indexOlderValues(context()), indexOlderValues(context())]);
  await indexOlderValues(context());
  await indexOlderValues(context());
  expect(await findOlderEnd(test.store)).toBe(0);
  for (const number of [0, 5, 87, 88, 343, 344, 599]) expect(await find(`payee-${number}`)).toEqual([number]);
  await test.remove();
});
