import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTask } from '../index.ts';
import { openTestGateways, type TestGateway, type TestGateways } from './open-test-gateways.ts';

let gateways: TestGateways;
let [a, b, c]: TestGateway[] = [];
beforeEach(async () => {
  gateways = await openTestGateways(3);
  [a, b, c] = gateways.all as [TestGateway, TestGateway, TestGateway];
});
afterEach(() => gateways.remove());

const at = (gateway: TestGateway | undefined): TestGateway => {
  if (gateway === undefined) throw new Error('there are three');
  return gateway;
};
const tasksOf = (gateway: TestGateway | undefined) => at(gateway).house.context.tasks;

async function open(limits = {}): Promise<string> {
  const { house } = at(a);
  const agent = await house.makeAgent('worker', limits);
  return (await openTask(house.context, agent.actor, { purpose: 'Work' })).id;
}

/** One call, as the path makes it: held, decided, written, let go. */
async function call(gateway: TestGateway | undefined, taskId: string, label: string): Promise<number> {
  const { context } = at(gateway).house;
  const held = await context.tasks.hold(taskId);
  try {
    const { task } = held;
    await context.tasks.prepare(task, { calls: 1, spendMinor: 0 });
    const before = task.usage.calls;
    const effects = task.reserve({ calls: 1, spendMinor: 0 });
    const noted = task.history.note([{ kind: 'label', name: label }]);
    await context.store.append([], [...effects, ...noted.effects]);
    noted.settle(true);
    return before;
  } finally {
    held.release();
  }
}

describe('task.at-one-gateway', () => {
  it('goes from one to another with all that was done in it, and is counted once', async () => {
    const task = await open();
    const seen: number[] = [];
    for (let round = 0; round < 12; round += 1)
      seen.push(await call(gateways.all[round % 3], task, `read-${round}`));
    expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => n));
    const { history } = await tasksOf(b).lease(task);
    expect(history.list('label')).toHaveLength(12);
    expect(history.values.isComplete).toBe(false);
  });

  it('spends its budget once, however many want it at the same time', async () => {
    const task = await open({ calls: 40 });
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        call(gateways.all[n % 3], task, 'read').then(
          () => 'called',
          (refusal: { code?: string }) => refusal.code ?? String(refusal),
        ),
      ),
    );
    const rows = await at(a).store.sql.selectFrom('budgets').selectAll().where('holder', '=', task).execute();
    const called = outcomes.filter((one) => one === 'called').length;
    expect(rows[0]?.calls).toBe(called);
    expect(called).toBeLessThanOrEqual(40);
    expect(new Set(outcomes)).toEqual(new Set(['called', 'task.budget_spent']));
    expect(called).toBe(40);
  });

  it('stays where a call is under way, and whoever else wants it is told to come again', async () => {
    const task = await open();
    const held = await tasksOf(a).hold(task);
    await expect(tasksOf(b).hold(task)).rejects.toMatchObject({ code: 'task.held_elsewhere' });
    // Those who come to the gateway that has it are let in meanwhile.
    await call(a, task, 'read');
    held.release();
    await call(b, task, 'read');
  });

  it('is let go by what only listens', async () => {
    const task = await open();
    const held = await tasksOf(a).hold(task);
    held.yieldWith(
      () => true,
      () => held.release(),
    );
    await call(b, task, 'read');
  });

  it('is shown as it is stored while another gateway has it', async () => {
    const task = await open();
    await call(a, task, 'read');
    const held = await tasksOf(a).hold(task);
    const shown = await tasksOf(b).look(task);
    expect([shown.usage.calls, shown.history.list('label')]).toEqual([1, ['read']]);
    expect(() => tasksOf(b).requireHere(shown)).toThrow();
    expect(() => tasksOf(a).requireHere(held.task)).not.toThrow();
    held.release();
    await call(b, task, 'read');
    expect(() => tasksOf(a).requireHere(held.task)).toThrow();
  });

  it('is handed over whatever the bus does to the asking', async () => {
    const task = await open();
    const random = [400, 30, 0, 700, 5, 90, 250];
    let sent = 0;
    gateways.deliver = () => {
      sent += 1;
      // Lost, late, twice, in another order.
      return sent % 3 === 0 ? [] : [random[sent % 7] ?? 0, random[(sent * 3) % 7] ?? 0];
    };
    for (let round = 0; round < 9; round += 1)
      expect(await call(gateways.all[round % 3], task, 'read')).toBe(round);
  });

  it('is taken over from a gateway that is dead, after what that one left is on record', async () => {
    const task = await open();
    const { house, store } = at(a);
    const decision = house.context.platform.newId('rec');
    await tasksOf(a).hold(task);
    await store.append([
      {
        ...{ id: decision, kind: 'action.decision', at: house.now(), causes: [], task },
        body: { effect: 'allow' },
      },
    ]);
    at(a).isDeaf = true;
    await expect(tasksOf(b).hold(task)).rejects.toMatchObject({ code: 'task.held_elsewhere' });
    await store.close();
    const [first, second] = await Promise.all([call(b, task, 'read'), call(c, task, 'read')]);
    expect([first, second].sort()).toEqual([0, 1]);
    const lost = await at(b)
      .store.sql.selectFrom('ledger_entries')
      .select('entry')
      .where('kind', '=', 'action.outcome')
      .execute();
    expect(lost).toHaveLength(1);
    expect(lost[0]?.entry).toContain(decision);
  });

  it('is refused by a gateway that was taken for dead', async () => {
    const task = await open();
    await call(a, task, 'read');
    await gateways.test.changeBehindItsBack(
      `UPDATE ledger_streams SET epoch = epoch + 1, holder = 'somebody else' WHERE number = 0`,
    );
    // It does not know yet, but can write nothing.
    await expect(call(a, task, 'read')).rejects.toMatchObject({ code: 'ledger.unavailable' });
    expect(await call(b, task, 'read')).toBe(1);
  });
});
