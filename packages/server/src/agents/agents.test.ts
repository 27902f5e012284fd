import { AppError } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../tasks/create-test-house.ts';
import { openTask } from '../tasks/index.ts';
import {
  addAgentKey,
  createAgentState,
  endAgent,
  findAgentByKey,
  getAgent,
  isKeyValid,
  listAgents,
  reassignAgent,
  registerAgent,
  resumeAgent,
  retireAgent,
  retireAgentKey,
  setAgentGroups,
  suspendAgent,
} from './index.ts';
import { loadAgent } from './load-agent.ts';

let stored: TestStore;
let house: TestHouse;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
});
afterAll(() => stored.remove());

const about = { purpose: 'Pays invoices', environment: 'production' };
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('registerAgent', () => {
  it('registers under a public key, active, and records both steps', async () => {
    const jwk = house.makeJwk();
    const agent = await registerAgent(house.context, house.owner, { name: 'payer', ...about, jwk });
    expect(agent).toMatchObject({ state: 'active', ownerId: personId('owner'), ownerState: 'active' });
    const [registered] = house.ofKind('agent.registered').filter((record) => record.agent === agent.id);
    const [moved] = house.ofKind('agent.state_changed').filter((record) => record.agent === agent.id);
    expect(registered?.body).toMatchObject({ by: personId('owner'), name: 'payer', publicKey: jwk });
    expect(moved).toMatchObject({ causes: [registered?.id], body: { from: 'registered', to: 'active' } });
    const { keys } = await getAgent(house.context, house.auditor, agent.id);
    expect(keys).toMatchObject([{ jwk, valid: true, validUntil: null }]);
    expect(await findAgentByKey(house.context, keys[0]?.thumbprint ?? '')).toMatchObject({ id: agent.id });
  });

  it.each([
    ['upper case', { name: 'Payer' }],
    ['another script', { name: 'pаyer' }],
    ['a leading hyphen', { name: '-payer' }],
    ['a double hyphen', { name: 'pay--er' }],
    ['a space', { name: 'pay er' }],
    ['no name', { name: '' }],
    ['a long name', { name: 'a'.repeat(64) }],
    ['a control character', { purpose: 'Pays\u001b[2Jinvoices' }],
    ['a lone surrogate', { purpose: 'Pays \ud800' }],
    ['an empty purpose', { purpose: '  ' }],
    ['an unknown field', { state: 'active' }],
    ['a foreign owner id', { ownerId: 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
  ])('refuses %s', async (_, wrong) => {
    const input = { name: 'fine', ...about, jwk: house.makeJwk(), ...wrong };
    await expect(registerAgent(house.context, house.owner, input)).rejects.toMatchObject({
      name: 'ZodError',
    });
  });

  it('refuses a private key before anything is written', async () => {
    const before = house.records.length;
    const jwk = { ...house.makeJwk(), d: 'c2VjcmV0' };
    const registering = registerAgent(house.context, house.owner, { name: 'leaky', ...about, jwk });
    await expect(registering).rejects.toEqual(code('agent.key_invalid'));
    expect(house.records.length).toBe(before);
  });

  it('refuses a name or a key that another agent has', async () => {
    const jwk = house.makeJwk();
    await registerAgent(house.context, house.owner, { name: 'twin', ...about, jwk });
    const input = { ...about, ownerId: personId('neighbour') };
    await expect(
      registerAgent(house.context, house.admin, { ...input, name: 'twin', jwk: house.makeJwk() }),
    ).rejects.toEqual(code('agent.exists'));
    await expect(registerAgent(house.context, house.admin, { ...input, name: 'other', jwk })).rejects.toEqual(
      code('agent.exists'),
    );
    expect((await listAgents(house.context, house.admin, { name: 'other' })).items).toEqual([]);
  });

  it.each([
    ['an approver', () => house.approver, 'approver', 'person.forbidden'],
    ['an auditor', () => house.auditor, 'auditor', 'person.forbidden'],
    ['an owner for somebody else', () => house.owner, 'neighbour', 'person.forbidden'],
  ] as const)('refuses %s', async (_, actor, owner, wanted) => {
    const input = { name: 'denied', ...about, ownerId: personId(owner), jwk: house.makeJwk() };
    await expect(registerAgent(house.context, actor(), input)).rejects.toEqual(code(wanted));
  });

  it('refuses an agent, and an owner who does not exist', async () => {
    const jwk = house.makeJwk();
    const input = { name: 'self-made', ...about, jwk };
    const self = { kind: 'agent', agent: 'agt_1', key: 'k' } as const;
    await expect(registerAgent(house.context, self, input)).rejects.toEqual(code('person.forbidden'));
    const ownerId = 'per_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(registerAgent(house.context, house.admin, { ...input, ownerId })).rejects.toEqual(
      code('person.not_found'),
    );
    const operator = { kind: 'operator' } as const;
    await expect(registerAgent(house.context, operator, input)).rejects.toEqual(
      code('server.request_invalid'),
    );
  });
});

describe('keys', () => {
  it('rotate with an overlap that ends by itself', async () => {
    const agent = await house.makeAgent('rotating');
    const [old] = (await getAgent(house.context, house.owner, agent.id)).keys;
    const jwk = house.makeJwk();
    const input = { agentId: agent.id, jwk, overlapSeconds: 60 };
    const keys = await addAgentKey(house.context, house.owner, input);
    expect(keys.filter((key) => key.valid)).toHaveLength(2);
    const facts = await house.context.agents.get(agent.id);
    expect(isKeyValid(facts, old?.thumbprint ?? '', house.now() + 59_999)).toBe(true);
    expect(isKeyValid(facts, old?.thumbprint ?? '', house.now() + 60_000)).toBe(false);
    expect(isKeyValid(facts, 'unknown', house.now())).toBe(false);
    house.advance(60_000);
    expect(await findAgentByKey(house.context, old?.thumbprint ?? '')).toBeUndefined();
    const detail = await getAgent(house.context, house.owner, agent.id);
    expect(detail.keys.filter((key) => key.valid)).toMatchObject([{ jwk }]);
    expect(house.ofKind('agent.key_added').at(-1)).toMatchObject({
      agent: agent.id,
      body: { replaces: [old?.thumbprint] },
    });
  });

  it('never get a longer life from a later rotation', async () => {
    const agent = await house.makeAgent('twice-rotating');
    const [first] = (await getAgent(house.context, house.owner, agent.id)).keys;
    const rotate = async (overlapSeconds: number) =>
      addAgentKey(house.context, house.owner, {
        agentId: agent.id,
        jwk: house.makeJwk(),
        overlapSeconds,
      });
    await rotate(10);
    const keys = await rotate(86_400);
    expect(keys.find((key) => key.thumbprint === first?.thumbprint)?.validUntil).toBe(house.now() + 10_000);
    await expect(rotate(86_401)).rejects.toMatchObject({ name: 'ZodError' });
  });

  it('retire at once, ending the tasks whose tokens may come from them', async () => {
    const agent = await house.makeAgent('stolen');
    const task = await openTask(house.context, agent.actor, { purpose: 'Work' });
    const [key] = (await getAgent(house.context, house.owner, agent.id)).keys;
    const input = { agentId: agent.id, thumbprint: key?.thumbprint ?? '' };
    await expect(retireAgentKey(house.context, house.neighbour, input)).rejects.toEqual(
      code('person.forbidden'),
    );
    expect(await retireAgentKey(house.context, house.owner, input)).toMatchObject([{ valid: false }]);
    expect((await house.context.tasks.lease(task.id)).endedAt).toBe(house.now());
    expect(await findAgentByKey(house.context, input.thumbprint)).toBeUndefined();
    const facts = await house.context.agents.get(agent.id);
    expect(isKeyValid(facts, input.thumbprint, house.now())).toBe(false);
    expect(house.ofKind('agent.key_retired').at(-1)).toMatchObject({
      agent: agent.id,
      key: input.thumbprint,
    });
    await expect(
      retireAgentKey(house.context, house.owner, { ...input, thumbprint: 'A'.repeat(43) }),
    ).rejects.toEqual(code('agent.not_found'));
  });

  it('are never given to another agent, not even retired ones', async () => {
    const agent = await house.makeAgent('former');
    const [key] = (await getAgent(house.context, house.owner, agent.id)).keys;
    await retireAgentKey(house.context, house.owner, { agentId: agent.id, thumbprint: key?.thumbprint });
    const input = { name: 'heir', ...about, jwk: key?.jwk };
    await expect(registerAgent(house.context, house.owner, input)).rejects.toEqual(code('agent.exists'));
  });
});

describe('lifecycle', () => {
  const scopes = (agent: { id: string; delegation: { id: string } }, task: string) => ({
    action: 'act_1',
    agent: agent.id,
    owner: personId('owner'),
    task,
    chain: [agent.delegation.id],
    upstream: 'files',
    tool: 'files/read',
  });

  it('suspends with tasks and calls in flight, and resumes without them', async () => {
    const agent = await house.makeAgent('pausing');
    const task = await openTask(house.context, agent.actor, { purpose: 'Work' });
    const admission = house.context.stops.admit(scopes(agent, task.id));
    expect((await house.context.agents.get(agent.id)).state).toBe('active');
    const suspended = await suspendAgent(house.context, house.owner, { agentId: agent.id, reason: 'Odd' });
    expect(suspended.state).toBe('suspended');
    expect(admission.signal.reason).toEqual(code('agent.not_active'));
    admission.release();
    expect((await house.context.agents.get(agent.id)).state).toBe('suspended');
    const moved = house.ofKind('agent.state_changed').at(-1);
    const [registered] = house.ofKind('agent.registered').filter((record) => record.agent === agent.id);
    expect(moved?.causes).toEqual([registered?.id]);
    expect(moved?.body).toMatchObject({ from: 'active', to: 'suspended', reason: 'Odd', cut: ['act_1'] });
    expect(house.ofKind('task.ended').at(-1)?.causes.at(-1)).toBe(moved?.id);
    await expect(openTask(house.context, agent.actor, { purpose: 'More' })).rejects.toEqual(
      code('agent.not_active'),
    );
    await expect(suspendAgent(house.context, house.owner, { agentId: agent.id })).rejects.toEqual(
      code('agent.transition_refused'),
    );
    expect((await resumeAgent(house.context, house.owner, { agentId: agent.id })).state).toBe('active');
    expect((await house.context.tasks.lease(task.id)).endedAt).not.toBeNull();
    expect(await openTask(house.context, agent.actor, { purpose: 'More' })).toMatchObject({ state: 'open' });
  });

  it('is changed by the owner and administrators only', async () => {
    const agent = await house.makeAgent('guarded');
    const input = { agentId: agent.id };
    for (const actor of [house.neighbour, house.approver, house.auditor, agent.actor]) {
      for (const verb of [suspendAgent, resumeAgent, retireAgent]) {
        await expect(verb(house.context, actor, input)).rejects.toEqual(code('person.forbidden'));
      }
    }
    expect((await suspendAgent(house.context, house.admin, input)).state).toBe('suspended');
  });

  it('tells its owner when somebody else suspended it, or does not suspend it', async () => {
    const told = () =>
      stored.store.sql
        .selectFrom('channel_news')
        .select(['person_id', 'kind', 'subject'])
        .where('kind', '=', 'agent_paused')
        .where('subject', 'like', 'told-%')
        .execute();
    const [own, other] = [await house.makeAgent('told-by-self'), await house.makeAgent('told-by-other')];
    await suspendAgent(house.context, house.owner, { agentId: own.id });
    expect(await told()).toEqual([]);
    const failing = {
      ...house.context,
      approvals: { ...house.context.approvals, tellPerson: () => Promise.reject(new RangeError('full')) },
    };
    await expect(suspendAgent(failing, house.admin, { agentId: other.id })).rejects.toThrow(RangeError);
    expect((await getAgent(house.context, house.admin, other.id)).state).toBe('active');
    const system = { kind: 'system', part: 'signals' } as const;
    await suspendAgent(house.context, system, { agentId: other.id });
    expect(await told()).toEqual([
      { person_id: personId('owner'), kind: 'agent_paused', subject: 'told-by-other' },
    ]);
  });

  it('retires for good, with the delegations to it', async () => {
    const agent = await house.makeAgent('leaving');
    const retired = await retireAgent(house.context, house.owner, { agentId: agent.id });
    expect(retired.state).toBe('retired');
    expect(house.ofKind('delegation.revoked').at(-1)).toMatchObject({ chain: [agent.delegation.id] });
    await expect(resumeAgent(house.context, house.owner, { agentId: agent.id })).rejects.toEqual(
      code('agent.transition_refused'),
    );
  });

  it('answers an unknown agent as not found', async () => {
    const agentId = 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    await expect(suspendAgent(house.context, house.admin, { agentId })).rejects.toEqual(
      code('agent.not_found'),
    );
    await expect(getAgent(house.context, house.admin, agentId)).rejects.toEqual(code('agent.not_found'));
    await expect(house.context.agents.get(agentId)).rejects.toEqual(code('agent.not_found'));
  });
});

async function listTold(agentId: string): Promise<readonly (readonly [string, string])[]> {
  const rows = await stored.store.sql
    .selectFrom('security_events')
    .select(['kind', 'reason'])
    .where('agent_id', '=', agentId)
    .execute();
  return rows.map(({ kind, reason }) => [kind, reason]);
}

describe('reassignAgent', () => {
  it('moves responsibility and ends what the former owner allowed', async () => {
    const agent = await house.makeAgent('moving');
    const task = await openTask(house.context, agent.actor, { purpose: 'Work' });
    const input = { agentId: agent.id, ownerId: personId('neighbour') };
    await expect(reassignAgent(house.context, house.owner, input)).rejects.toEqual(code('person.forbidden'));
    const moved = await reassignAgent(house.context, house.admin, input);
    expect(moved).toMatchObject({ ownerId: personId('neighbour'), state: 'active' });
    expect((await house.context.agents.get(agent.id)).ownerId).toBe(personId('neighbour'));
    expect((await house.context.tasks.lease(task.id)).endedAt).not.toBeNull();
    await expect(openTask(house.context, agent.actor, { purpose: 'More' })).rejects.toEqual(
      code('delegation.not_found'),
    );
    expect(house.ofKind('agent.state_changed').at(-1)?.body).toMatchObject({
      ownerId: personId('neighbour'),
      formerOwnerId: personId('owner'),
    });
    expect(await listTold(agent.id)).toEqual([['session-revoked', 'owner_changed']]);
  });

  it('tells others, as does retiring an agent in a review or a handover', async () => {
    const { id } = await house.makeAgent('reviewed');
    const { context } = house;
    await context.store.transaction(async (tx) =>
      endAgent(context, tx, await loadAgent(tx.sql, id), { by: 'test', causes: [], body: {} }),
    );
    expect(await listTold(id)).toEqual([['session-revoked', 'retired']]);
  });

  it('refuses somebody who is not active, or may not own agents', async () => {
    const agent = await house.makeAgent('staying');
    for (const ownerId of ['per_01ARZ3NDEKTSV4RRFFQ69G5FAV', personId('auditor'), personId('approver')])
      await expect(reassignAgent(house.context, house.admin, { agentId: agent.id, ownerId })).rejects.toEqual(
        code('person.not_found'),
      );
  });
});

describe('agent state', () => {
  it('shows an agent of a suspended owner as suspended, and nobody can resume it', async () => {
    const agent = await registerAgent(house.context, house.neighbour, {
      name: 'bereft',
      ...about,
      jwk: house.makeJwk(),
    });
    const setOwner = (state: 'active' | 'suspended') =>
      stored.store.sql.updateTable('people').set({ state }).where('id', '=', personId('neighbour')).execute();
    expect((await house.context.agents.get(agent.id)).state).toBe('active');
    await setOwner('suspended');
    house.context.agents.forgetOwner(personId('neighbour'));
    expect((await house.context.agents.get(agent.id)).state).toBe('suspended');
    const self = { kind: 'agent', agent: agent.id, key: 'k' } as const;
    await expect(openTask(house.context, self, { purpose: 'Work' })).rejects.toEqual(
      code('agent.not_active'),
    );
    await suspendAgent(house.context, house.admin, { agentId: agent.id });
    await expect(resumeAgent(house.context, house.admin, { agentId: agent.id })).rejects.toEqual(
      code('person.not_found'),
    );
    await setOwner('active');
    house.context.agents.forgetOwner(personId('neighbour'));
  });

  it('never serves what it was reading when the agent changed', async () => {
    const agent = await house.makeAgent('racing');
    const state = createAgentState(stored.store);
    const reading = state.get(agent.id);
    await stored.store.sql
      .updateTable('agents')
      .set({ state: 'suspended' })
      .where('id', '=', agent.id)
      .execute();
    state.forget(agent.id);
    await reading;
    expect((await state.get(agent.id)).state).toBe('suspended');
  });

  it('holds no more agents than it may, and reads one agent once for many askers', async () => {
    const ids = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => (await house.makeAgent(name)).id),
    );
    const state = createAgentState(stored.store, 2);
    // One after the other: a database with many connections answers in any order.
    const first = await state.get(ids[0] ?? '');
    for (const id of ids.slice(1)) await state.get(id);
    expect(await state.get(ids[0] ?? '')).not.toBe(first);
    const [a, b] = await Promise.all([state.get(ids[1] ?? ''), state.get(ids[1] ?? '')]);
    expect(a).toBe(b);
  });
});

describe('after a restart', () => {
  it('lists the same agents, newest first, in pages', async () => {
    const store = await stored.reopen();
    house = await createTestHouse(store, house.now() + 1000);
    const first = await listAgents(house.context, house.auditor, { limit: 2 });
    const second = await listAgents(house.context, house.auditor, { limit: 200, cursor: first.next });
    expect(first.items).toHaveLength(2);
    expect(second.next).toBeNull();
    const ids = [...first.items, ...second.items].map((agent) => agent.id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(second.items.find((agent) => agent.name === 'leaving')?.state).toBe('retired');
    const mine = await listAgents(house.context, house.owner, { ownerId: personId('neighbour') });
    expect(mine.items.map((agent) => agent.name).sort()).toEqual(['bereft', 'moving']);
    await expect(listAgents(house.context, house.approver, {})).rejects.toBeInstanceOf(AppError);
  });
});

describe('groups', () => {
  it('are what the path knows from the next call on, sorted and each once', async () => {
    const jwk = house.makeJwk();
    const made = { name: 'grouped', ...about, jwk, groups: ['payers'], ownerId: personId('owner') };
    const { id: agentId } = await registerAgent(house.context, house.admin, made);
    const facts = () => house.context.agents.get(agentId);
    expect(await facts()).toMatchObject({ groups: ['payers'], ownerRoles: ['owner'] });
    const groups = ['night-shift', 'payers', 'night-shift'];
    const view = await setAgentGroups(house.context, house.admin, { agentId, groups });
    expect(view.groups).toEqual(['night-shift', 'payers']);
    expect((await facts()).groups).toEqual(['night-shift', 'payers']);
    const [record] = house.ofKind('agent.groups_set');
    expect(record).toMatchObject({ agent: agentId, body: { before: ['payers'], groups: view.groups } });
    await setAgentGroups(house.context, house.admin, { agentId, groups: [] });
    expect((await facts()).groups).toEqual([]);
  });

  it('are not given by owners to their own agents', async () => {
    const jwk = house.makeJwk();
    const wish = { name: 'pusher', ...about, jwk };
    const refused = { code: 'person.forbidden' };
    await expect(
      registerAgent(house.context, house.owner, { ...wish, groups: ['payers'] }),
    ).rejects.toMatchObject(refused);
    const { id: agentId } = await registerAgent(house.context, house.owner, wish);
    for (const actor of [house.owner, house.auditor])
      await expect(
        setAgentGroups(house.context, actor, { agentId, groups: ['payers'] }),
      ).rejects.toMatchObject(refused);
    await retireAgent(house.context, house.owner, { agentId });
    await expect(setAgentGroups(house.context, house.admin, { agentId, groups: [] })).rejects.toMatchObject({
      code: 'agent.transition_refused',
    });
  });

  it.each([
    ['upper case', ['Payers']],
    ['a space', ['pay ers']],
    ['a prototype name', ['__proto__']],
    ['too many', Array.from({ length: 33 }, (_, i) => `g${i}`)],
    ['a long one', ['g'.repeat(65)]],
    ['no list', 'payers'],
  ])('refuse %s', async (_, groups) => {
    const agentId = 'agt_00000000000000000000000001';
    await expect(setAgentGroups(house.context, house.admin, { agentId, groups })).rejects.toThrow();
  });
});

describe('roles of people', () => {
  it('are remembered until the person changes', async () => {
    const { agents } = house.context;
    expect(await agents.getRoles(personId('owner'))).toEqual(['owner']);
    await stored.store.sql
      .updateTable('people')
      .set({ roles: '["owner","finance"]' })
      .where('id', '=', personId('owner'))
      .execute();
    expect(await agents.getRoles(personId('owner'))).toEqual(['owner']);
    agents.forgetOwner(personId('owner'));
    expect(await agents.getRoles(personId('owner'))).toEqual(['owner', 'finance']);
    expect(await agents.getRoles('per_00000000000000000000000000')).toEqual([]);
  });
});
