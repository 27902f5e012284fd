import type { Limits } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveAuthority } from '../actions/resolve-authority.ts';
import type { Authenticated } from '../actions/stages.ts';
import { reassignAgent, resumeAgent, retireAgent, suspendAgent } from '../agents/index.ts';
import { createDelegation, type DelegationView, revokeDelegation } from '../delegations/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from './create-test-house.ts';
import { endTask, openChildTask, openTask, type TaskView } from './index.ts';

let stored: TestStore;
let house: TestHouse;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
let made = 0;

interface Chain {
  readonly agents: readonly [TestAgent, TestAgent, TestAgent];
  readonly delegations: readonly [string, string, string];
  /** One task of each agent, that of the second and third for the one before. */
  readonly tasks: readonly [TaskView, TaskView, TaskView];
}

/** A person, and three agents that pass authority on. */
async function makeChain(limits: Partial<Limits> = {}): Promise<Chain> {
  made += 1;
  const first = await house.makeAgent(`first-${made}`, { depth: 2, ...limits });
  const second = await house.makeAgent(`second-${made}`);
  const third = await house.makeAgent(`third-${made}`);
  const toSecond = await passOn(first, first.delegation.id, second, { depth: 1 });
  const toThird = await passOn(second, toSecond.id, third);
  const task = await openTask(house.context, first.actor, { purpose: 'All', ttlSeconds: 3600 });
  const part = await openPart(second, toSecond.id, task);
  return {
    agents: [first, second, third],
    delegations: [first.delegation.id, toSecond.id, toThird.id],
    tasks: [task, part, await openPart(third, toThird.id, part)],
  };
}

function passOn(
  from: TestAgent,
  parentId: string,
  to: TestAgent,
  limits: Partial<Limits> = {},
): Promise<DelegationView> {
  const input = { agentId: to.id, parentId, purpose: 'A part', limits };
  return createDelegation(house.context, from.actor, input);
}

function openPart(agent: TestAgent, delegationId: string, parent: TaskView): Promise<TaskView> {
  const wanted = { purpose: null, ttlSeconds: null, limits: {} };
  return openChildTask(house.context, { agentId: agent.id, key: 'proof', delegationId, parent, ...wanted });
}

/** What the path says of a call in the task. */
async function arrive(agent: TestAgent, taskId: string) {
  const token = { taskId, registeredKey: null, workload: null, jti: 'tok_1' };
  const facts = await house.context.agents.get(agent.id);
  return resolveAuthority(house.context, {
    id: 'act_1',
    upstream: 'files',
    token,
    agent: facts,
  } as unknown as Authenticated);
}

const isOpen = async (task: TaskView): Promise<boolean> =>
  (await house.context.tasks.lease(task.id)).endedAt === null;
const openOf = ({ tasks }: Chain): Promise<boolean[]> => Promise.all(tasks.map(isOpen));

describe('budgets down a chain', () => {
  it('are taken from every task and delegation above at once, and survive a restart exactly', async () => {
    const chain = await makeChain({ calls: 5 });
    const leases = await Promise.all(chain.tasks.map((task) => house.context.tasks.lease(task.id)));
    const [top, middle, bottom] = leases;
    if (top === undefined || middle === undefined || bottom === undefined) throw new Error('no lease');
    await stored.store.append([], bottom.reserve({ calls: 2, spendMinor: 0 }));
    await stored.store.append([], middle.reserve({ calls: 1, spendMinor: 0 }));
    await stored.store.append([], top.reserve({ calls: 1, spendMinor: 0 }));
    expect(leases.map((lease) => lease.usage.calls)).toEqual([4, 3, 2]);
    expect(() => bottom.reserve({ calls: 2, spendMinor: 0 })).toThrow(code('task.budget_spent'));
    house = await createTestHouse(await stored.reopen(), house.now() + 1);
    const again = await house.context.tasks.lease(bottom.id);
    expect(again.parentIds).toEqual([top.id, middle.id]);
    expect((await house.context.tasks.lease(top.id)).usage.calls).toBe(4);
    again.reserve({ calls: 1, spendMinor: 0 });
    expect(() => again.reserve({ calls: 1, spendMinor: 0 })).toThrow(code('task.budget_spent'));
  });

  it('of a task hold for everything that works for it, though its delegation has more', async () => {
    const chain = await makeChain({ calls: 100 });
    const [first] = chain.agents;
    const task = await openTask(house.context, first.actor, { purpose: 'Small', limits: { calls: 3 } });
    const part = await openPart(chain.agents[1], chain.delegations[1], task);
    expect(part.limits.calls).toBe(3);
    const [whole, helper] = await Promise.all([task, part].map(({ id }) => house.context.tasks.lease(id)));
    helper?.reserve({ calls: 2, spendMinor: 0 });
    whole?.reserve({ calls: 1, spendMinor: 0 });
    expect(() => helper?.reserve({ calls: 1, spendMinor: 0 })).toThrow(code('task.budget_spent'));
  });
});

describe('a task that works for another', () => {
  it('is within it, ends with it, and is bounded in depth', async () => {
    const chain = await makeChain();
    const [first] = chain.agents;
    const own = await openPart(first, chain.delegations[0], chain.tasks[0]);
    expect(own.expiresAt).toBeLessThanOrEqual(chain.tasks[0].expiresAt);
    let deepest = chain.tasks[0];
    for (let depth = 1; depth < 16; depth += 1)
      deepest = await openPart(first, chain.delegations[0], deepest);
    await expect(openPart(first, chain.delegations[0], deepest)).rejects.toEqual(code('task.too_deep'));
    await endTask(house.context, first.actor, { taskId: chain.tasks[0].id });
    expect(await isOpen(deepest)).toBe(false);
    await expect(openPart(first, chain.delegations[0], chain.tasks[0])).rejects.toEqual(
      code('task.not_open'),
    );
    const end = house.ofKind('task.ended').find((record) => record.task === deepest.id);
    expect(end?.body).toMatchObject({ reason: 'parent_ended' });
  });
});

describe('a cut', () => {
  it('of a task ends what works for it and nothing beside it', async () => {
    const [chain, other] = [await makeChain(), await makeChain()];
    await endTask(house.context, chain.agents[1].actor, { taskId: chain.tasks[1].id });
    expect(await openOf(chain)).toEqual([true, false, false]);
    expect(await openOf(other)).toEqual([true, true, true]);
  });

  it('of a delegation in the middle ends what is below it', async () => {
    const [chain, other] = [await makeChain(), await makeChain()];
    const revoked = await revokeDelegation(house.context, house.owner, {
      delegationId: chain.delegations[1],
    });
    expect(revoked.ended).toEqual(chain.delegations.slice(1));
    expect(new Set(revoked.endedTasks)).toEqual(new Set(chain.tasks.slice(1).map((task) => task.id)));
    expect(await openOf(chain)).toEqual([true, false, false]);
    expect(await openOf(other)).toEqual([true, true, true]);
  });

  it.each<readonly [string, (chain: Chain) => Promise<unknown>]>([
    ['is suspended', ({ agents }) => suspendAgent(house.context, house.owner, { agentId: agents[1].id })],
    ['is retired', ({ agents }) => retireAgent(house.context, house.owner, { agentId: agents[1].id })],
    [
      'is given to another owner',
      ({ agents }) =>
        reassignAgent(house.context, house.admin, { agentId: agents[1].id, ownerId: personId('neighbour') }),
    ],
  ])('reaches what an agent in the middle passed on when it %s', async (_, cut) => {
    const chain = await makeChain();
    const flight = house.context.stops.admit((await arrive(chain.agents[2], chain.tasks[2].id)).scopes);
    await cut(chain);
    expect(flight.signal.aborted).toBe(true);
    flight.release();
    expect(await openOf(chain)).toEqual([true, false, false]);
    await expect(arrive(chain.agents[2], chain.tasks[2].id)).rejects.toEqual(code('task.not_open'));
    // Nor may the last one start anew on what came through it.
    const anew = openTask(house.context, chain.agents[2].actor, {
      purpose: 'Again',
      delegationId: chain.delegations[2],
    });
    await expect(anew).rejects.toEqual(code('delegation.not_active'));
  });

  it('is over when an agent in the middle resumes: what it passed on is still there', async () => {
    const chain = await makeChain();
    await suspendAgent(house.context, house.owner, { agentId: chain.agents[1].id });
    await resumeAgent(house.context, house.owner, { agentId: chain.agents[1].id });
    const again = await openTask(house.context, chain.agents[2].actor, {
      purpose: 'Again',
      delegationId: chain.delegations[2],
    });
    await expect(arrive(chain.agents[2], again.id)).resolves.toMatchObject({
      scopes: { through: { agents: [chain.agents[0].id, chain.agents[1].id] } },
    });
  });

  it.each([
    ['agent', (chain: Chain) => chain.agents[0].id],
    ['agent', (chain: Chain) => chain.agents[1].id],
    ['owner', () => personId('owner')],
    ['delegation', (chain: Chain) => chain.delegations[0]],
    ['task', (chain: Chain) => chain.tasks[0].id],
    ['task', (chain: Chain) => chain.tasks[1].id],
  ] as const)('by a stop of a %s above bites on the last call', async (scope, target) => {
    const chain = await makeChain();
    const flight = house.context.stops.admit((await arrive(chain.agents[2], chain.tasks[2].id)).scopes);
    house.context.stops.apply(scope, target(chain));
    expect(flight.signal.reason).toEqual(code('signal.stopped'));
    flight.release();
    await expect(arrive(chain.agents[2], chain.tasks[2].id)).rejects.toEqual(code('signal.stopped'));
    house.context.stops.lift(scope, target(chain));
    await expect(arrive(chain.agents[2], chain.tasks[2].id)).resolves.toBeDefined();
  });
});

describe('a chain put into the database past the verbs', () => {
  const change = async (chain: Chain, at: 0 | 1 | 2, set: object): Promise<void> => {
    for (const task of chain.tasks) house.context.tasks.forget(task.id);
    await stored.store.sql
      .updateTable('delegations')
      .set(set as { revoked_at: number })
      .where('id', '=', chain.delegations[at])
      .execute();
  };
  const widen = (chain: Chain, limits: Partial<Limits>) => {
    const whole = { ...chain.agents[0].delegation.limits, depth: 0, ...limits };
    return { limits: JSON.stringify(whole) };
  };

  it.each<readonly [string, 0 | 1 | 2, (chain: Chain) => object]>([
    ['revoked at its start', 0, () => ({ revoked_at: 1 })],
    ['revoked in the middle', 1, () => ({ revoked_at: 1 })],
    ['expired', 1, (chain) => widen(chain, { depth: 1, expiresAt: house.now() })],
    ['widened in actions', 2, (chain) => widen(chain, { effects: ['read', 'write'] })],
    ['widened in time', 2, (chain) => widen(chain, { expiresAt: house.now() + 90 * 86_400_000 })],
    ['deeper than its parent', 2, (chain) => widen(chain, { depth: 1 })],
    ['broken', 2, (chain) => ({ from_agent_id: chain.agents[0].id })],
    ['cut short', 1, () => ({ parent_id: null })],
    ['without a person', 0, (chain) => ({ from_person_id: null, from_agent_id: chain.agents[2].id })],
    ['in a circle', 0, (chain) => ({ parent_id: chain.delegations[2] })],
  ])('is refused when it is %s', async (_, at, set) => {
    const chain = await makeChain();
    const last = chain.agents[2];
    await expect(arrive(last, chain.tasks[2].id)).resolves.toBeDefined();
    await change(chain, at, set(chain));
    await expect(arrive(last, chain.tasks[2].id)).rejects.toEqual(code('delegation.not_active'));
    const opening = openTask(house.context, last.actor, { purpose: 'x', delegationId: chain.delegations[2] });
    await expect(opening).rejects.toEqual(code('delegation.not_active'));
    await expect(passOn(last, chain.delegations[2], chain.agents[0])).rejects.toEqual(
      code('delegation.not_active'),
    );
  });
});
