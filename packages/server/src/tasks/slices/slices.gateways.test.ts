import { AppError } from '@countersign/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTask } from '../index.ts';
import type { Charge } from '../leased-task.ts';
import { openTestGateways, type TestGateway, type TestGateways } from '../leases/open-test-gateways.ts';

let gateways: TestGateways;
beforeEach(async () => {
  gateways = await openTestGateways(4);
});
afterEach(() => gateways.remove());

interface Used {
  readonly calls: number;
  readonly spendMinor: number;
  readonly bytes: number;
  /** What was set aside by gateways and not used. */
  readonly unspent: number;
}

async function readUsed(delegation: string): Promise<Used> {
  const { sql } = gateways.test.store;
  const spent = await sql.selectFrom('budgets').selectAll().where('holder', '=', delegation).execute();
  const slices = await sql.selectFrom('budget_slices').selectAll().where('holder', '=', delegation).execute();
  const all = [...spent, ...slices];
  return {
    calls: all.reduce((sum, row) => sum + row.calls, 0),
    spendMinor: all.reduce((sum, row) => sum + row.spend_minor, 0),
    bytes: all.reduce((sum, row) => sum + row.result_bytes, 0),
    unspent: slices.reduce((sum, row) => sum + row.granted_spend_minor - row.spend_minor, 0),
  };
}

/** One agent with a delegation that all spend from, and a task of its own at each gateway. */
async function plant(limits: object): Promise<{ delegation: string; tasks: readonly string[] }> {
  const [first] = gateways.all;
  if (first === undefined) throw new Error('there are four');
  const agent = await first.house.makeAgent('spender', { currency: 'EUR', ...limits });
  const tasks: string[] = [];
  for (const { house } of gateways.all) {
    const { id } = await openTask(house.context, agent.actor, { purpose: 'Spend' });
    tasks.push(id);
  }
  return { delegation: agent.delegation.id, tasks };
}

/** As `reserveBudgets` does it. */
async function spend({ house }: TestGateway, taskId: string, charge: Charge): Promise<boolean> {
  const { tasks, store } = house.context;
  const held = await tasks.hold(taskId);
  try {
    for (;;) {
      const preparing = tasks.prepare(held.task, charge);
      const hasRoom = preparing !== undefined && (await preparing);
      try {
        const left = held.task.remaining('bytes');
        if (left < 1) throw new AppError('task.budget_spent');
        const bytes = charge.bytes === undefined ? {} : { bytes: Math.min(charge.bytes, left) };
        await store.append([], held.task.reserve({ ...charge, ...bytes }));
        return true;
      } catch (thrown) {
        const isSpent = thrown instanceof AppError && thrown.code === 'task.budget_spent';
        if (!isSpent) throw thrown;
        if (!hasRoom) return false;
      }
    }
  } finally {
    held.release();
  }
}

const at = (number: number): TestGateway => {
  const gateway = gateways.all[number];
  if (gateway === undefined) throw new Error('there are four');
  return gateway;
};

/** Comes again when it is told to, as a client does. */
async function spendAgain(number: number, task: string, charge: Charge): Promise<boolean> {
  for (;;) {
    try {
      return await spend(at(number), task, charge);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'task.held_elsewhere')) throw thrown;
    }
  }
}

describe('delegation.spent-by-many-gateways', () => {
  it('is spent by 64 callers to the last unit and not one beyond', async () => {
    const { delegation, tasks } = await plant({ spendMinor: 307, calls: 500 });
    let watched = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const used = await readUsed(delegation);
        watched = Math.max(watched, used.spendMinor + used.unspent);
      }
    })();
    const spent = await Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        let money = 0;
        for (const amount of [7, 5, 3, 2, 1, 1])
          while (await spendAgain(caller % 4, tasks[caller % 4] ?? '', { calls: 1, spendMinor: amount }))
            money += amount;
        return money;
      }),
    );
    isOver = true;
    await watching;
    const used = await readUsed(delegation);
    expect(used.spendMinor).toBe(307);
    expect(spent.reduce((sum, one) => sum + one, 0)).toBe(307);
    expect(watched).toBeLessThanOrEqual(307);
  }, 90_000);

  it('is there again where a gateway has ended, but for what that one spent', async () => {
    const { delegation, tasks } = await plant({ spendMinor: 100 });
    expect(await spend(at(1), tasks[1] ?? '', { calls: 1, spendMinor: 30 })).toBe(true);
    at(1).isDeaf = true;
    await expect(spend(at(2), tasks[2] ?? '', { calls: 1, spendMinor: 60 })).rejects.toMatchObject({
      code: 'task.held_elsewhere',
    });
    const { seat } = at(1).store;
    await at(1).store.close();
    expect(await at(0).store.endSeat(seat)).toBe(true);
    const { settleSeat } = await import('../../actions/index.ts');
    await settleSeat(at(0).house.context, seat);
    await settleSeat(at(3).house.context, seat);
    expect(await spend(at(2), tasks[2] ?? '', { calls: 1, spendMinor: 60 })).toBe(true);
    expect(await spend(at(3), tasks[3] ?? '', { calls: 1, spendMinor: 10 })).toBe(true);
    expect(await spend(at(0), tasks[0] ?? '', { calls: 1, spendMinor: 1 })).toBe(false);
    expect((await readUsed(delegation)).spendMinor).toBe(100);
  }, 60_000);

  it('lets one call have as much of an answer as there is, and what that one did not use go to the next', async () => {
    const { delegation, tasks } = await plant({ bytes: 1000 });
    const [first, second] = [at(0), at(1)];
    const held = await first.house.context.tasks.hold(tasks[0] ?? '');
    const charge = { calls: 1, spendMinor: 0, bytes: 4000 };
    expect(await first.house.context.tasks.prepare(held.task, charge)).toBe(true);
    expect(held.task.remaining('bytes')).toBe(1000);
    await first.store.append([], held.task.reserve({ ...charge, bytes: 1000 }));
    expect(await spend(second, tasks[1] ?? '', charge)).toBe(false);
    await first.store.append([], held.task.giveBack({ calls: 0, spendMinor: 0, bytes: 900 }));
    expect(await spend(second, tasks[1] ?? '', charge)).toBe(true);
    expect((await readUsed(delegation)).bytes).toBe(1000);
    held.release();
  });
});
