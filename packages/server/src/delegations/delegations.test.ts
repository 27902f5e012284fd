import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerAgent } from '../agents/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from '../tasks/create-test-house.ts';
import { openTask } from '../tasks/index.ts';
import { createDelegation, getDelegation, listDelegations, revokeDelegation } from './index.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker');
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const day = 86_400_000;
const make = (changes: object = {}, limits: object = {}) => ({
  agentId: agent.id,
  purpose: 'Pay invoices',
  limits: { upstreams: ['payments'], actions: ['payments/*'], expiresAt: house.now() + day, ...limits },
  ...changes,
});

describe('createDelegation', () => {
  it('keeps what was left out small, says it in sentences, and records it', async () => {
    const delegation = await createDelegation(house.context, house.owner, make());
    expect(delegation).toMatchObject({
      state: 'active',
      fromPersonId: personId('owner'),
      rootPersonId: personId('owner'),
      parentId: null,
      isDefault: false,
    });
    expect(delegation.limits).toMatchObject({ effects: ['read'], environments: ['test'], depth: 0 });
    expect(delegation.description.join(' ')).toContain('payments/*');
    expect(house.ofKind('delegation.created').at(-1)).toMatchObject({
      agent: agent.id,
      person: personId('owner'),
      chain: [delegation.id],
      body: { by: personId('owner'), limits: delegation.limits },
    });
  });

  it('has one default for an agent: the last', async () => {
    const first = await createDelegation(house.context, house.owner, make({ isDefault: true }));
    const second = await createDelegation(house.context, house.owner, make({ isDefault: true }));
    expect((await getDelegation(house.context, house.owner, first.id)).isDefault).toBe(false);
    expect((await getDelegation(house.context, house.owner, second.id)).isDefault).toBe(true);
  });

  it.each([
    ['an end in the past', () => make({}, { expiresAt: house.now() })],
    ['an end after 90 days', () => make({}, { expiresAt: house.now() + 90 * day + 1 })],
    ['spending without a limit', () => make({}, { effects: ['spend'] })],
    ['a spending limit without a currency', () => make({}, { effects: ['spend'], spendMinor: 5 })],
    ['a pattern that is none', () => make({}, { actions: ['payments/**'] })],
    [
      'a pointer that is none',
      () => make({}, { arguments: [{ action: '*', path: 'to', rule: { max: 1 } }] }),
    ],
    [
      'a directory that is none',
      () => make({}, { arguments: [{ action: '*', path: '/p', rule: { pathWithin: '../etc' } }] }),
    ],
    ['a name twice', () => make({}, { upstreams: ['a', 'a'] })],
  ])('refuses %s', async (_, input) => {
    await expect(createDelegation(house.context, house.owner, input())).rejects.toEqual(
      code('server.request_invalid'),
    );
  });

  it.each([
    ['an unknown field', () => make({}, { everything: true })],
    [
      'two rules in one',
      () => make({}, { arguments: [{ action: '*', path: '/a', rule: { max: 1, min: 0 } }] }),
    ],
    ['an unknown effect', () => make({}, { effects: ['delete'] })],
    ['fractions of calls', () => make({}, { calls: 0.5 })],
    ['negative calls', () => make({}, { calls: -1 })],
    ['no actions', () => make({}, { actions: undefined })],
    ['a parent of its own choice', () => make({ parentId: agent.delegation.id })],
    ['members that are not members', () => make({}, JSON.parse('{"__proto__":{"depth":8},"extra":1}'))],
  ])('refuses %s by its schema', async (_, input) => {
    await expect(createDelegation(house.context, house.owner, input())).rejects.toMatchObject({
      name: 'ZodError',
    });
  });

  it('lets a person give only what is theirs', async () => {
    const fromPersonId = personId('neighbour');
    const asOther = createDelegation(house.context, house.owner, make({ fromPersonId }));
    await expect(asOther).rejects.toEqual(code('person.forbidden'));
    // Not even an administrator speaks for somebody who does not answer for the agent.
    await expect(createDelegation(house.context, house.admin, make({ fromPersonId }))).rejects.toEqual(
      code('person.forbidden'),
    );
    const forOwner = make({ fromPersonId: personId('owner') });
    expect(await createDelegation(house.context, house.admin, forOwner)).toMatchObject({
      rootPersonId: personId('owner'),
    });
    const operator = { kind: 'operator' } as const;
    expect(await createDelegation(house.context, operator, make())).toMatchObject({
      rootPersonId: personId('owner'),
    });
    expect(house.ofKind('delegation.created').at(-1)?.body).toMatchObject({ by: 'operator' });
    expect(await createDelegation(house.context, house.neighbour, make())).toMatchObject({
      rootPersonId: personId('neighbour'),
    });
  });

  it('refuses those without the permission, and unknown agents', async () => {
    for (const actor of [house.approver, house.auditor, agent.actor]) {
      await expect(createDelegation(house.context, actor, make())).rejects.toEqual(code('person.forbidden'));
    }
    const agentId = 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(createDelegation(house.context, house.owner, make({ agentId }))).rejects.toEqual(
      code('agent.not_found'),
    );
  });
});

describe('revokeDelegation', () => {
  it('ends everything below it: delegations, tasks, and calls in flight', async () => {
    const boss = await house.makeAgent('boss', { depth: 2 });
    const helper = await registerAgent(house.context, house.owner, {
      name: 'helper',
      purpose: 'Helps',
      environment: 'test',
      jwk: house.makeJwk(),
    });
    const child = await addChild(boss, helper.id);
    const own = await openTask(house.context, boss.actor, { purpose: 'Lead' });
    const actor = { kind: 'agent', agent: helper.id, key: 'k' } as const;
    const task = await openTask(house.context, actor, { purpose: 'Help', delegationId: child });
    const lease = await house.context.tasks.lease(task.id);
    expect(lease.chainIds).toEqual([boss.delegation.id, child]);
    expect(lease.rootPersonId).toBe(personId('owner'));
    const admission = house.context.stops.admit({
      action: 'act_7',
      agent: helper.id,
      owner: personId('owner'),
      task: task.id,
      chain: lease.chainIds,
      upstream: 'files',
      tool: '',
    });

    const input = { delegationId: boss.delegation.id, reason: 'Not needed' };
    const revoked = await revokeDelegation(house.context, house.owner, input);
    expect(revoked).toMatchObject({ state: 'revoked', ended: [boss.delegation.id, child], cut: ['act_7'] });
    expect([...revoked.endedTasks].sort()).toEqual([own.id, task.id].sort());
    expect(admission.signal.reason).toEqual(code('delegation.not_active'));
    admission.release();
    expect(lease.endedAt).toBe(house.now());
    const [parent, below] = house.ofKind('delegation.revoked').slice(-2);
    expect(parent?.body).toMatchObject({ reason: 'Not needed', cut: ['act_7'], cutCount: 1 });
    expect(below).toMatchObject({ chain: [child], causes: [parent?.id], body: { endedTasks: 1 } });
    const [created] = house.ofKind('delegation.created').filter((record) => record.agent === boss.id);
    expect(parent).toMatchObject({ causes: [created?.id], body: { endedTasks: 1 } });
    const ended = house.ofKind('task.ended').filter((record) => record.task === task.id);
    const [started] = house.ofKind('task.opened').filter((record) => record.task === task.id);
    expect(ended).toMatchObject([{ causes: [started?.id, below?.id], body: { reason: 'delegation_ended' } }]);
    await expect(openTask(house.context, actor, { purpose: 'Help', delegationId: child })).rejects.toEqual(
      code('delegation.not_active'),
    );
    // The hold is gone; nothing but the durable end keeps the call out.
    expect(() => house.context.stops.check({ ...emptyScopes, chain: [child] })).not.toThrow();

    const records = house.records.length;
    expect(await revokeDelegation(house.context, house.owner, input)).toMatchObject({ ended: [], cut: [] });
    expect(house.records.length).toBe(records);
  });

  it('is for the giver, the owner of the agent and administrators', async () => {
    const given = await createDelegation(house.context, house.neighbour, make());
    const input = { delegationId: given.id };
    for (const actor of [house.approver, house.auditor]) {
      await expect(revokeDelegation(house.context, actor, input)).rejects.toEqual(code('person.forbidden'));
    }
    await expect(revokeDelegation(house.context, agent.actor, input)).rejects.toEqual(
      code('delegation.not_found'),
    );
    expect(await revokeDelegation(house.context, house.neighbour, input)).toMatchObject({
      ended: [given.id],
    });
    const own = await createDelegation(house.context, house.owner, make());
    await expect(revokeDelegation(house.context, house.neighbour, { delegationId: own.id })).rejects.toEqual(
      code('person.forbidden'),
    );
    expect(await revokeDelegation(house.context, house.admin, { delegationId: own.id })).toMatchObject({
      state: 'revoked',
    });
  });

  it('ends nothing when it cannot be written, and says so', async () => {
    const fragile = await house.makeAgent('fragile');
    const broken = {
      ...house.context,
      store: { ...stored.store, sql: stored.store.sql, transaction: refuseAll },
    };
    const input = { delegationId: fragile.delegation.id };
    await expect(revokeDelegation(broken, house.owner, input)).rejects.toThrow('disk');
    expect(await openTask(house.context, fragile.actor, { purpose: 'Work' })).toMatchObject({
      state: 'open',
    });
  });

  it('answers an unknown delegation as not found', async () => {
    const delegationId = 'dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(revokeDelegation(house.context, house.admin, { delegationId })).rejects.toEqual(
      code('delegation.not_found'),
    );
    await expect(getDelegation(house.context, house.admin, delegationId)).rejects.toEqual(
      code('delegation.not_found'),
    );
  });
});

describe('after a restart', () => {
  it('lists what was there, and shows what ran out as expired', async () => {
    const last = await createDelegation(house.context, house.owner, make());
    house = await createTestHouse(await stored.reopen(), house.now() + day);
    const page = await listDelegations(house.context, house.auditor, { agentId: agent.id, limit: 1 });
    expect(page.items).toMatchObject([{ id: last.id, state: 'expired', limits: last.limits }]);
    const rest = await listDelegations(house.context, house.auditor, {
      agentId: agent.id,
      cursor: page.next,
    });
    expect(rest.items.some((item) => item.id === last.id)).toBe(false);
    const detail = await getDelegation(house.context, house.owner, last.id);
    expect(detail).toMatchObject({ used: { calls: 0, spendMinor: 0 }, chain: [{ id: last.id }] });
    await expect(listDelegations(house.context, house.approver, {})).rejects.toEqual(
      code('person.forbidden'),
    );
  });
});

const emptyScopes = { action: '', agent: '', owner: '', task: '', chain: [], upstream: '', tool: '' };

const refuseAll = () => Promise.reject(new Error('disk'));

/** No verb delegates from agent to agent yet, but chains are loaded and ended as if one did. */
async function addChild(parent: TestAgent, agentId: string): Promise<string> {
  const id = house.context.platform.newId('dlg');
  const limits = { ...parent.delegation.limits, depth: 1 };
  await stored.store.sql
    .insertInto('delegations')
    .values({
      id,
      parent_id: parent.delegation.id,
      from_person_id: null,
      from_agent_id: parent.id,
      agent_id: agentId,
      root_person_id: personId('owner'),
      purpose: 'Help',
      limits: JSON.stringify(limits),
      is_default: 0,
      created_at: house.now(),
      expires_at: limits.expiresAt,
      revoked_at: null,
    })
    .execute();
  return id;
}
