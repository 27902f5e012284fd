import { expect, it } from 'vitest';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore } from '../../plugins/database/open-test-store.ts';
import { searchLedger } from '../search-ledger.ts';
import { forgetValues } from './forget-values.ts';
import { readRecords } from './search-group.ts';

it('leaves nothing in the index of what is forgotten, and everything of the rest', async () => {
  const test = await openTestStore();
  const records = [0, 1, 2, 3].map((number) =>
    makeTestRecord(number, { body: { arguments: { shared: 'blue', own: `number-${number}` } } }),
  );
  await test.store.append(records);
  await test.store.index();
  await forgetValues(test.store, await readRecords(test.store, [0, 2]));
  const context = { store: test.store, platform: createPlatform() };
  const find = async (q: string) =>
    (await searchLedger(context, { kind: 'operator' }, { q })).items.map(({ seq }) => seq);
  expect(await find('blue')).toEqual([3, 1]);
  expect(await find('number-2')).toEqual([]);
  expect(await find('number-3')).toEqual([3]);
  const rows = await test.store.sql.selectFrom('ledger_value_pages').select('term').execute();
  expect(rows).toHaveLength(1 + 2);
  await test.remove();
}, 30_000);
