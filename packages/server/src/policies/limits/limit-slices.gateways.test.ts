import { AppError } from '@countersign/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openTestGateways,
  type TestGateway,
  type TestGateways,
} from '../../tasks/leases/open-test-gateways.ts';
import { LimitReached } from './limit-reached.ts';
import { holdLimits } from './take-limits.ts';
import { nameToday } from './today.ts';

let gateways: TestGateways;
beforeEach(async () => {
  gateways = await openTestGateways(4);
});
afterEach(() => gateways.remove());

const request = {
  agent: { id: 'agt_1', ownerId: 'per_1' },
  task: { id: 'tsk_1', chainIds: ['dlg_1'] },
  upstream: 'shop',
  tool: { name: 'pay' },
  operation: 'call',
} as never;

const limitOf = (unit: string, most: number, windowSeconds = 86_400) =>
  ({ policyId: 'p', per: 'agent', unit, most, windowSeconds }) as never;

/** As `reserveBudgets` does it. Returns what it brings back when it is over; undefined when it was refused. */
async function take(
  { counters, house, store }: TestGateway,
  limits: readonly never[],
  { minor = 0, bytes = 0 } = {},
): Promise<{ giveBack(bytes: number): Promise<void> } | undefined> {
  const spend = minor === 0 ? null : { minor, currency: 'EUR' };
  const held = await holdLimits(counters, { limits, request, spend, counted: [] });
  try {
    for (;;) {
      const preparing = held.prepare({ rows: 0, bytes }, house.now());
      const hasRoom = preparing !== undefined && (await preparing);
      try {
        const aside = bytes === 0 ? 0 : Math.min(bytes, held.remaining('bytes', house.now()));
        const taken = held.take({ rows: 0, bytes: aside }, house.now());
        await store.append([], taken);
        return {
          giveBack: (unused) => store.append([], held.giveBack(taken, { rows: 0, bytes: unused })),
        };
      } catch (thrown) {
        if (!(thrown instanceof LimitReached)) throw thrown;
        if (!hasRoom) return undefined;
      }
    }
  } finally {
    held.release();
  }
}

async function takeAgain(gateway: TestGateway, limits: readonly never[], minor: number): Promise<boolean> {
  for (;;) {
    try {
      return (await take(gateway, limits, { minor })) !== undefined;
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'task.held_elsewhere')) throw thrown;
    }
  }
}

const at = (number: number): TestGateway => {
  const gateway = gateways.all[number];
  if (gateway === undefined) throw new Error('there are four');
  return gateway;
};

async function readUsed(unit: string): Promise<number> {
  const { sql } = gateways.test.store;
  const rows = await sql.selectFrom('limit_slices').selectAll().where('unit', '=', unit).execute();
  return rows.reduce((sum, row) => sum + row.used, 0);
}

describe('policy.counted-by-many-gateways', () => {
  it('is reached by 64 callers to the last unit and not passed by one, whatever their clocks say', async () => {
    const limits = [limitOf('EUR', 211), limitOf('calls', 1000)];
    at(1).house.advance(3_600_000);
    at(2).house.advance(-3_600_000);
    const spent = await Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        let money = 0;
        for (const minor of [7, 3, 2, 1, 1])
          while (await takeAgain(at(caller % 4), limits, minor)) {
            money += minor;
            // In the middle of it a clock is set.
            if (money % 5 === 0) at(caller % 4).house.advance(caller % 8 < 4 ? 1_000 : -1_000);
          }
        return money;
      }),
    );
    expect(spent.reduce((sum, one) => sum + one, 0)).toBe(211);
    expect(await readUsed('EUR')).toBe(211);
  }, 90_000);

  it('gives what an answer did not bring to whoever asks next', async () => {
    const limits = [limitOf('bytes', 1000, 0)];
    const first = await take(at(0), limits, { bytes: 4000 });
    expect(await take(at(1), limits, { bytes: 4000 })).toBeUndefined();
    await first?.giveBack(700);
    expect(await take(at(1), limits, { bytes: 4000 })).toBeDefined();
    expect(await readUsed('bytes')).toBe(1000);
  });

  it('is read by policies as what all have counted', async () => {
    const spend = { minor: 5, currency: 'EUR' };
    const counted = nameToday({ agent: { id: 'agt_1', ownerId: 'per_1' } } as never, spend);
    for (const number of [0, 1, 2]) {
      const { counters, house, store } = at(number);
      const held = await holdLimits(counters, { limits: [], request, spend, counted });
      await counters.slices?.refresh((await counters.hold(counted)).counters as never);
      await store.append([], held.take({ rows: 0, bytes: 0 }, house.now()));
      held.release();
    }
    const { counters, house } = at(3);
    const held = await counters.hold(counted);
    await counters.slices?.refresh(held.counters as never);
    expect(held.counters.map((counter) => counter.usedAt(house.now()))).toEqual([3, 15, 15]);
  });
});
