import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../tasks/create-test-house.ts';
import { askInProduction } from './ask-in-production.ts';
import { loadDelegation, toChainLink } from './delegation-row.ts';
import { type Replacement, replaceDelegation } from './replace-delegation.ts';

let stored: TestStore;
let house: TestHouse;
let context: Context;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  context = askInProduction(house, []);
});
afterAll(() => stored.remove());

async function replace(id: string, changed: Partial<Replacement> = {}): Promise<string> {
  const row = await loadDelegation(stored.store.sql, id);
  const { limits } = toChainLink(row);
  const replacement = { row, limits, most: limits, by: 'operator', causes: [], body: {}, ...changed };
  return stored.store.transaction((tx) => replaceDelegation(context, tx, replacement));
}

it('narrows what stands although nobody could approve, and gives it to nobody else or again', async () => {
  const limits = { environments: ['production'] };
  const { id } = (await house.makeAgent('paying', limits)).delegation;
  const noApprover = { code: 'delegation.no_approver' };
  await expect(replace(id, { giverId: personId('neighbour') })).rejects.toMatchObject(noApprover);
  expect((await loadDelegation(stored.store.sql, id)).revoked_at).toBeNull();
  const { limits: former } = toChainLink(await loadDelegation(stored.store.sql, id));
  const narrowed = await replace(id, { limits: { ...former, calls: 5 } });
  await expect(replace(id)).rejects.toMatchObject(noApprover);
  await expect(replace(narrowed, { limits: former, most: former })).rejects.toMatchObject(noApprover);
});
