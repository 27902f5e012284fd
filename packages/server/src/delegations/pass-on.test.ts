import type { Limits } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reassignAgent, retireAgent, suspendAgent } from '../agents/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from '../tasks/create-test-house.ts';
import { endTask, openTask } from '../tasks/index.ts';
import {
  createDelegation,
  type DelegationView,
  getDelegation,
  listDelegations,
  revokeDelegation,
} from './index.ts';

let stored: TestStore;
let house: TestHouse;
let giver: TestAgent;
let helper: TestAgent;
let last: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  giver = await house.makeAgent('giver', { ...wide, depth: 3 });
  helper = await house.makeAgent('helper');
  last = await house.makeAgent('last');
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const wide = {
  upstreams: ['payments', 'files'],
  actions: ['payments/*', 'files/read_*'],
  arguments: [{ action: 'payments/*', path: '/amount', rule: { max: 1000 } }],
  dataDomains: ['invoices', 'files'],
  effects: ['read', 'spend'],
  calls: 100,
  spendMinor: 5000,
  currency: 'EUR',
} as const;
const pass = (changes: object = {}, limits: object = {}, from: TestAgent = giver): Promise<DelegationView> =>
  createDelegation(house.context, from.actor, {
    agentId: helper.id,
    parentId: from.delegation.id,
    purpose: 'Help',
    limits,
    ...changes,
  });

describe('an agent that passes authority on', () => {
  it('gives a part of what it holds; what it leaves out stays, and goes no further', async () => {
    const passed = await pass({}, { actions: ['files/read_notes'], calls: 10 });
    expect(passed).toMatchObject({
      parentId: giver.delegation.id,
      fromPersonId: null,
      fromAgentId: giver.id,
      agentId: helper.id,
      rootPersonId: personId('owner'),
      taskId: null,
      isDefault: false,
      state: 'active',
    });
    expect(passed.limits).toEqual({
      ...giver.delegation.limits,
      actions: ['files/read_notes'],
      calls: 10,
      depth: 0,
    });
    expect(house.ofKind('delegation.created').at(-1)).toMatchObject({
      agent: helper.id,
      agents: [giver.id, helper.id],
      person: personId('owner'),
      chain: [giver.delegation.id, passed.id],
      body: { by: giver.id, parent: giver.delegation.id },
    });
    expect(house.ofKind('delegation.created').at(-1)?.causes).toHaveLength(2);
  });

  it('adds argument constraints to those it holds', async () => {
    const constraint = { action: 'payments/*', path: '/amount', rule: { max: 10 } };
    const passed = await pass({}, { arguments: [constraint] });
    expect(passed.limits.arguments).toEqual([...wide.arguments, constraint]);
  });

  const excesses: readonly (readonly [keyof Limits, object])[] = [
    ['upstreams', { upstreams: '*' }],
    ['upstreams', { upstreams: ['payments', 'mail'] }],
    ['actions', { actions: ['*'] }],
    ['actions', { actions: ['files/*'] }],
    ['dataDomains', { dataDomains: '*' }],
    ['effects', { effects: ['read', 'write'] }],
    ['environments', { environments: ['test', 'production'] }],
    ['expiresAt', { expiresAt: Date.UTC(2026, 5, 30) }],
    ['calls', { calls: 101 }],
    ['calls', { calls: null }],
    ['spendMinor', { spendMinor: 5001 }],
    ['spendMinor', { spendMinor: null }],
    ['currency', { currency: 'USD' }],
  ];
  it.each(excesses)('is refused more %s than it holds: %o', async (field, limits) => {
    const error = await pass({}, limits).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'delegation.exceeds_parent',
      data: { violations: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });

  it('may pass on as deep as it was allowed, each step one less', async () => {
    await expect(pass({}, { depth: 3 })).rejects.toEqual(code('delegation.too_deep'));
    const passed = await pass({}, { depth: 0 });
    const from = { ...helper, delegation: passed };
    await expect(pass({ agentId: last.id }, {}, from)).rejects.toEqual(code('delegation.too_deep'));
    const deep = await pass({}, { depth: 1 });
    const next = await pass({ agentId: last.id }, {}, { ...helper, delegation: deep });
    expect(next.limits.depth).toBe(0);
    const detail = await getDelegation(house.context, last.actor, next.id);
    expect(detail.chain.map((link) => link.id)).toEqual([giver.delegation.id, deep.id, next.id]);
  });

  it('is refused a cycle, to itself or to anybody above', async () => {
    await expect(pass({ agentId: giver.id })).rejects.toEqual(code('delegation.cycle'));
    const deep = await pass({}, { depth: 2 });
    const back = pass({ agentId: giver.id }, {}, { ...helper, delegation: deep });
    await expect(back).rejects.toEqual(code('delegation.cycle'));
  });

  it.each([
    ['neither parent nor task', () => ({ parentId: undefined })],
    ['parent and task', () => ({ taskId: 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV' })],
    ["a person's part", () => ({ fromPersonId: personId('owner') })],
    ["to be the other's default", () => ({ isDefault: true })],
  ])('is refused %s by its schema', async (_, changes) => {
    await expect(pass(changes())).rejects.toMatchObject({ name: 'ZodError' });
  });

  it('is refused what is not its own, as if it were not there', async () => {
    await expect(pass({ parentId: helper.delegation.id })).rejects.toEqual(code('delegation.not_found'));
    const unknown = 'dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(pass({ parentId: unknown })).rejects.toEqual(code('delegation.not_found'));
    const other = await openTask(house.context, helper.actor, { purpose: 'Work' });
    const theirs = pass({ parentId: undefined, taskId: other.id });
    await expect(theirs).rejects.toEqual(code('task.not_found'));
  });

  it('is refused a delegate that may not act, and one nobody knows', async () => {
    const tired = await house.makeAgent('tired');
    await suspendAgent(house.context, house.owner, { agentId: tired.id });
    await expect(pass({ agentId: tired.id })).rejects.toEqual(code('agent.not_active'));
    await retireAgent(house.context, house.owner, { agentId: tired.id });
    await expect(pass({ agentId: tired.id })).rejects.toEqual(code('agent.not_active'));
    const agentId = 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(pass({ agentId })).rejects.toEqual(code('agent.not_found'));
  });

  it('passes nothing on while it, or what it stands on, is stopped', async () => {
    for (const [scope, target] of [
      ['agent', giver.id],
      ['owner', personId('owner')],
      ['delegation', giver.delegation.id],
    ] as const) {
      house.context.stops.apply(scope, target);
      await expect(pass()).rejects.toEqual(code('signal.stopped'));
      house.context.stops.lift(scope, target);
    }
    const deep = await pass({}, { depth: 1 });
    house.context.stops.apply('agent', giver.id);
    const below = pass({ agentId: last.id }, {}, { ...helper, delegation: deep });
    await expect(below).rejects.toEqual(code('signal.stopped'));
    house.context.stops.lift('agent', giver.id);
  });

  it('passes on a part of a task, and it ends with the task', async () => {
    const task = await openTask(house.context, giver.actor, {
      purpose: 'Invoices',
      limits: { actions: ['payments/*'], calls: 5 },
    });
    const inTask = { parentId: undefined, taskId: task.id };
    await expect(pass(inTask, { calls: 6 })).rejects.toEqual(code('delegation.exceeds_parent'));
    await expect(pass(inTask, { actions: ['files/read_notes'] })).rejects.toEqual(
      code('delegation.exceeds_parent'),
    );
    const passed = await pass(inTask, { depth: 1 });
    expect(passed).toMatchObject({ taskId: task.id, limits: { calls: 5, actions: ['payments/*'] } });
    expect(passed.expiresAt).toBe(task.expiresAt);
    const below = await pass({ agentId: last.id }, {}, { ...helper, delegation: passed });
    const work = await openTask(house.context, last.actor, { purpose: 'Part', delegationId: below.id });
    expect(work.parentTaskId).toBe(task.id);
    await endTask(house.context, giver.actor, { taskId: task.id });
    for (const id of [passed.id, below.id]) {
      expect(await getDelegation(house.context, house.owner, id)).toMatchObject({ state: 'revoked' });
    }
    expect((await house.context.tasks.lease(work.id)).endedAt).toBe(house.now());
    await expect(pass(inTask)).rejects.toEqual(code('task.not_open'));
    const ends = house.ofKind('delegation.revoked').slice(-2);
    const taskEnd = house.ofKind('task.ended').find((record) => record.task === task.id);
    expect(ends[0]?.causes).toContain(taskEnd?.id);
    expect(ends[1]?.causes).toContain(ends[0]?.id);
  });

  it('has a bounded number of delegations made from one', async () => {
    const busy = await house.makeAgent('busy', { depth: 1 });
    const made: DelegationView[] = [];
    for (let number = 0; number < 256; number += 1) made.push(await pass({}, {}, busy));
    await expect(pass({}, {}, busy)).rejects.toEqual(code('delegation.too_many'));
    await revokeDelegation(house.context, busy.actor, { delegationId: made[0]?.id });
    await expect(pass({}, {}, busy)).resolves.toMatchObject({ state: 'active' });
  });
});

describe('the owner of an agent in the middle', () => {
  it('takes back what it passed on, and what rests on another person', async () => {
    const borrowed = await house.makeAgent('borrowed', { depth: 1 });
    await reassignAgent(house.context, house.admin, {
      agentId: borrowed.id,
      ownerId: personId('neighbour'),
    });
    const held = await createDelegation(house.context, house.admin, {
      agentId: borrowed.id,
      fromPersonId: personId('neighbour'),
      purpose: 'Work',
      limits: { upstreams: '*', actions: ['*'], expiresAt: house.now() + 86_400_000, depth: 1 },
    });
    const passed = await pass({}, {}, { ...borrowed, delegation: held });
    const revoked = await revokeDelegation(house.context, house.neighbour, { delegationId: passed.id });
    expect(revoked.ended).toEqual([passed.id]);
  });
});

describe('an agent that looks at delegations', () => {
  it('sees what it holds and what it passed on, and takes back what came from its own', async () => {
    const outsider = await house.makeAgent('outsider');
    const deep = await pass({}, { depth: 1 });
    const below = await pass({ agentId: last.id }, {}, { ...helper, delegation: deep });
    const listed = await listDelegations(house.context, giver.actor, { limit: 100 });
    expect(listed.items.every((one) => [one.agentId, one.fromAgentId].includes(giver.id))).toBe(true);
    expect(listed.items.map((one) => one.id)).toContain(deep.id);
    const asOther = { delegationId: below.id };
    for (const actor of [outsider.actor, last.actor]) {
      await expect(revokeDelegation(house.context, actor, asOther)).rejects.toEqual(
        code('delegation.not_found'),
      );
    }
    await expect(getDelegation(house.context, outsider.actor, deep.id)).rejects.toEqual(
      code('delegation.not_found'),
    );
    // What it holds was given to it: only who gave it takes it back.
    await expect(
      revokeDelegation(house.context, giver.actor, { delegationId: giver.delegation.id }),
    ).rejects.toEqual(code('delegation.not_found'));
    await expect(revokeDelegation(house.context, house.neighbour, asOther)).rejects.toEqual(
      code('person.forbidden'),
    );
    const revoked = await revokeDelegation(house.context, giver.actor, asOther);
    expect(revoked.ended).toEqual([below.id]);
    expect((await revokeDelegation(house.context, giver.actor, { delegationId: deep.id })).ended).toEqual([
      deep.id,
    ]);
  });
});
