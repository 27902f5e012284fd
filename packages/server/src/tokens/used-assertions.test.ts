import { createManualClock } from '@countersign/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { forgetUsed } from '../plugins/database/use-once.ts';
import { createUsedAssertions, type UsedAssertions } from './used-assertions.ts';

const clock = createManualClock();
const retainMilliseconds = 420_000;
let test: TestStore;

beforeAll(async () => {
  test = await openTestStore();
});
afterAll(() => test.remove());

function create(isShared: boolean): UsedAssertions {
  const store = { sql: test.store.sql, seat: { ...test.store.seat, isShared } };
  return createUsedAssertions({ store, platform: clock, retainMilliseconds });
}
const rows = () => test.store.sql.selectFrom('used_once').selectAll().execute();

it('takes an assertion once, and asks no database where there is no other gateway', async () => {
  const alone = create(false);
  expect([await alone.use('agt_1.a'), await alone.use('agt_1.a')]).toEqual([true, false]);
  expect(await rows()).toEqual([]);
});

it('takes an assertion once among all gateways, also when all see it at the same moment', async () => {
  const gateways = Array.from({ length: 5 }, () => create(true));
  const taken = await Promise.all(gateways.flatMap((one) => [one.use('agt_1.b'), one.use('agt_1.b')]));
  expect(taken.filter(Boolean)).toHaveLength(1);
  // Of a process that begins now.
  expect(await create(true).use('agt_1.b')).toBe(false);
  const [row] = await rows();
  expect(JSON.stringify(row)).not.toContain('agt_1');
});

it('keeps it for as long as any clock may still take it', async () => {
  clock.advance(retainMilliseconds);
  await forgetUsed({ store: test.store, platform: clock });
  expect(await rows()).toHaveLength(1);
  clock.advance(3_600_001);
  await forgetUsed({ store: test.store, platform: clock });
  expect(await rows()).toEqual([]);
});
