import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTaskLeases } from './create-task-leases.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from './create-test-house.ts';
import { endTask, openTask } from './index.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker', { calls: 10 });
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const open = (limits: object = {}) =>
  openTask(house.context, agent.actor, { purpose: 'Work', limits, ttlSeconds: 3600 });
const makeLeases = (capacity: number) => createTaskLeases({ ...house.context, capacity });
const admit = (task: string) =>
  house.context.stops.admit({ ...scopes, task, chain: [agent.delegation.id], agent: agent.id });
const scopes = { action: 'act_1', owner: personId('owner'), upstream: 'files', tool: '' };
const unused = { calls: 0, spendMinor: 0, rows: 0, bytes: 0 };

describe('budgets', () => {
  it('are spent by the task and by the delegation under all its tasks together', async () => {
    const spender = await house.makeAgent('spender', {
      effects: ['read', 'spend'],
      calls: 5,
      spendMinor: 1000,
      currency: 'EUR',
    });
    const openOne = (limits: object) =>
      openTask(house.context, spender.actor, { purpose: 'Spend', limits, ttlSeconds: 60 });
    const first = await house.context.tasks.lease((await openOne({ spendMinor: 600 })).id);
    const second = await house.context.tasks.lease((await openOne({})).id);
    const effects = first.reserve({ calls: 1, spendMinor: 600 });
    expect(effects).toEqual([
      { kind: 'usage', holder: first.id, calls: 1, spendMinor: 600, rows: 0, bytes: 0 },
      { kind: 'usage', holder: spender.delegation.id, calls: 1, spendMinor: 600, rows: 0, bytes: 0 },
    ]);
    expect(() => first.reserve({ calls: 1, spendMinor: 1 })).toThrow(code('task.budget_spent'));
    expect(() => second.reserve({ calls: 1, spendMinor: 401 })).toThrow(code('task.budget_spent'));
    expect(second.reserve({ calls: 4, spendMinor: 400 })).toHaveLength(2);
    expect(() => second.reserve({ calls: 1, spendMinor: 0 })).toThrow(code('task.budget_spent'));
    second.giveBack({ calls: 4, spendMinor: 400 });
    expect(second.usage).toEqual(unused);
    expect(second.reserve({ calls: 1, spendMinor: 0 })).toHaveLength(2);
  });

  it.each([
    [{ calls: -1, spendMinor: 0 }],
    [{ calls: 1, spendMinor: -5 }],
    [{ calls: 0.5, spendMinor: 0 }],
    [{ calls: 1, spendMinor: Number.NaN }],
    [{ calls: 1, spendMinor: Number.MAX_SAFE_INTEGER + 1 }],
    [{ calls: 1, spendMinor: 0, rows: -1 }],
    [{ calls: 1, spendMinor: 0, bytes: 0.5 }],
  ])('refuse %o and take nothing', async (spending) => {
    const task = await house.context.tasks.lease((await open()).id);
    expect(() => task.reserve(spending)).toThrow(code('task.budget_spent'));
    expect(task.usage).toEqual(unused);
  });

  it('set aside the most a result may bring, and give back what it did not', async () => {
    const reader = await house.makeAgent('reader', { rows: 100 });
    const opened = await openTask(house.context, reader.actor, {
      purpose: 'Read',
      limits: { rows: 60, bytes: 1000 },
      ttlSeconds: 60,
    });
    const task = await house.context.tasks.lease(opened.id);
    expect([task.remaining('rows'), task.remaining('bytes')]).toEqual([60, 1000]);
    const sibling = await house.context.tasks.lease(
      (await openTask(house.context, reader.actor, { purpose: 'Read', ttlSeconds: 60 })).id,
    );
    task.reserve({ calls: 1, spendMinor: 0, rows: 60, bytes: 1000 });
    expect([sibling.remaining('rows'), sibling.remaining('bytes')]).toEqual([40, Number.POSITIVE_INFINITY]);
    expect(() => sibling.reserve({ calls: 1, spendMinor: 0, rows: 41 })).toThrow(code('task.budget_spent'));
    expect(task.giveBack({ calls: 0, spendMinor: 0, rows: 50, bytes: 300 })).toContainEqual({
      ...{ kind: 'usage', holder: reader.delegation.id },
      ...{ calls: 0, spendMinor: 0, rows: -50, bytes: -300 },
    });
    expect(task.usage).toEqual({ calls: 1, spendMinor: 0, rows: 10, bytes: 700 });
    expect(sibling.remaining('rows')).toBe(90);
  });

  it('are what was durably spent after a restart', async () => {
    const frugal = await house.makeAgent('frugal', { calls: 2 });
    const opened = await openTask(house.context, frugal.actor, { purpose: 'Work', ttlSeconds: 3600 });
    const task = await house.context.tasks.lease(opened.id);
    await stored.store.append([], task.reserve({ calls: 1, spendMinor: 0 }));
    const sibling = await openTask(house.context, frugal.actor, { purpose: 'Work', ttlSeconds: 3600 });
    const restarted = await createTestHouse(await stored.reopen(), house.now() + 1);
    house = restarted;
    const again = await restarted.context.tasks.lease(task.id);
    expect(again.usage).toEqual({ ...unused, calls: 1 });
    const other = await restarted.context.tasks.lease(sibling.id);
    expect(other.usage.calls).toBe(0);
    other.reserve({ calls: 1, spendMinor: 0 });
    expect(() => again.reserve({ calls: 1, spendMinor: 0 })).toThrow(code('task.budget_spent'));
  });
});

describe('leases', () => {
  it('read a task once for many callers', async () => {
    const leases = makeLeases(10);
    const { id } = await open();
    const all = await Promise.all([leases.lease(id), leases.lease(id), leases.lease(id)]);
    expect(new Set(all).size).toBe(1);
    expect(await leases.lease(id)).toBe(all[0]);
  });

  it('refuse an unknown task, again and again', async () => {
    const unknown = 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(house.context.tasks.lease(unknown)).rejects.toEqual(code('task.not_found'));
    await expect(house.context.tasks.lease(unknown)).rejects.toEqual(code('task.not_found'));
  });

  it('let go of the task used longest ago, but of none with a call in flight', async () => {
    const leases = makeLeases(2);
    const [busy, idle, last] = await Promise.all([open(), open(), open()]);
    const task = await leases.lease(busy.id);
    const admission = admit(busy.id);
    task.reserve({ calls: 1, spendMinor: 0 });
    const forgotten = await leases.lease(idle.id);
    await leases.lease(last.id);
    expect(leases.size).toBe(2);
    expect(await leases.lease(busy.id)).toBe(task);
    leases.forget(busy.id);
    expect(await leases.lease(busy.id)).toBe(task);
    admission.release();
    expect(await leases.lease(idle.id)).not.toBe(forgotten);
    leases.forget(busy.id);
    expect(await leases.lease(busy.id)).not.toBe(task);
  });

  it('know of an end that came while the task was being read', async () => {
    const { id } = await open();
    const leasing = house.context.tasks.lease(id);
    await endTask(house.context, agent.actor, { taskId: id });
    expect((await leasing).endedAt).toBe(house.now());
    expect((await house.context.tasks.lease(id)).endedAt).toBe(house.now());
  });

  it('tell of every end once, until nobody listens', async () => {
    const heard: string[] = [];
    const stopListening = house.context.tasks.onEnded((taskId) => heard.push(taskId));
    const { id } = await open();
    await endTask(house.context, agent.actor, { taskId: id });
    await endTask(house.context, agent.actor, { taskId: id });
    expect(heard).toEqual([id]);
    stopListening();
    await endTask(house.context, agent.actor, { taskId: (await open()).id });
    expect(heard).toEqual([id]);
  });

  it('do not end when the transaction is rolled back', async () => {
    const task = await house.context.tasks.lease((await open()).id);
    const closing = { under: { task: task.id }, reason: 'stopped', by: 'operator', causes: [] } as const;
    const rolledBack = stored.store.transaction(async (tx) => {
      expect(await house.context.tasks.close(tx, closing)).toEqual([task.id]);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(task.endedAt).toBeNull();
  });

  it('end for every agent of an owner and everything under the owner at once', async () => {
    const borrowed = await house.makeAgent('borrowed');
    const { id } = await openTask(house.context, borrowed.actor, { purpose: 'Work' });
    const task = await house.context.tasks.lease(id);
    const under = { owner: personId('owner') };
    const closing = { under, reason: 'agent_stopped', by: 'operator', causes: [] } as const;
    const ended = await stored.store.transaction((tx) => house.context.tasks.close(tx, closing));
    expect(ended).toContain(id);
    expect(task.endedAt).toBe(house.now());
    const elsewhere = { ...closing, under: { owner: personId('neighbour') } };
    expect(await stored.store.transaction((tx) => house.context.tasks.close(tx, elsewhere))).toEqual([]);
  });
});
