import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDelegation } from '../delegations/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from './create-test-house.ts';
import {
  endTask,
  expireTasks,
  getTask,
  listTasks,
  openDefaultTask,
  openTask,
  type TaskView,
} from './index.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
let stranger: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker', { effects: ['read', 'write'], calls: 100 });
  stranger = await house.makeAgent('stranger');
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const work = { purpose: 'Sort the post' };
const admit = (task: TaskView, action: string) =>
  house.context.stops.admit({
    action,
    agent: task.agentId,
    owner: personId('owner'),
    task: task.id,
    chain: [task.delegationId],
    upstream: 'files',
    tool: 'files/read',
  });

describe('openTask', () => {
  it('opens under the default delegation for 15 minutes, and records the prompt apart from the rest', async () => {
    const pasted = `sk-${'a1'.repeat(12)}`;
    const prompt = `Sort the post.\nThe key is ${pasted}`;
    const task = await openTask(house.context, agent.actor, { ...work, prompt });
    expect(task).toMatchObject({
      state: 'open',
      delegationId: agent.delegation.id,
      expiresAt: house.now() + 900_000,
      limits: { effects: ['read', 'write'], calls: 100, expiresAt: house.now() + 900_000 },
      used: { calls: 0, spendMinor: 0 },
    });
    const record = house.ofKind('task.opened').at(-1);
    expect(record).toMatchObject({
      task: task.id,
      agent: agent.id,
      key: 'proof',
      person: personId('owner'),
      chain: [agent.delegation.id],
    });
    const [created] = house.ofKind('delegation.created').filter((one) => one.agent === agent.id);
    const words = house.ofKind('task.prompt_given').at(-1);
    expect(record?.causes).toEqual([created?.id, words?.id]);
    expect(words).toMatchObject({
      task: task.id,
      agent: agent.id,
      body: {
        prompt: 'Sort the post.\nThe key is [left out: a secret]',
        promptDigest: record?.body.promptDigest,
      },
    });
    expect((await house.context.tasks.lease(task.id)).openedRecord).toBe(record?.id);
    expect(JSON.stringify([record, words])).not.toContain(pasted);
    expect(JSON.stringify(record)).not.toContain('The key is');
    expect(record?.body).toMatchObject({ promptDigest: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
  });

  it('narrows, and keeps the constraints of the delegation beside its own', async () => {
    const constrained = await house.makeAgent('constrained', {
      arguments: [{ action: '*', path: '/amount', rule: { max: 100 } }],
    });
    const limits = {
      actions: ['files/read_*'],
      calls: 3,
      arguments: [{ action: '*', path: '/path', rule: { prefix: '/tmp' } }],
    };
    const task = await openTask(house.context, constrained.actor, { ...work, limits });
    expect(task.limits).toMatchObject({ actions: ['files/read_*'], calls: 3, upstreams: '*' });
    expect(task.limits.arguments.map((constraint) => constraint.path)).toEqual(['/amount', '/path']);
  });

  it.each([
    ['effects', { effects: ['read', 'write', 'admin'] }],
    ['calls', { calls: 101 }],
    ['calls', { calls: null }],
    ['environments', { environments: ['production'] }],
    ['depth', { depth: 1 }],
  ])('refuses more %s than the delegation has', async (field, limits) => {
    await expect(openTask(house.context, agent.actor, { ...work, limits })).rejects.toEqual(
      expect.objectContaining({ code: 'task.exceeds_delegation', detail: expect.stringContaining(field) }),
    );
  });

  it.each([
    ['no purpose', {}],
    ['a life of more than an hour', { ...work, ttlSeconds: 3601 }],
    ['no life', { ...work, ttlSeconds: 0 }],
    ['an end of its own in the limits', { ...work, limits: { expiresAt: 9_999_999_999_999 } }],
    ['another agent', { ...work, agentId: 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
    ['a prompt of more than 16 KiB', { ...work, prompt: 'x'.repeat(16_385) }],
  ])('refuses %s', async (_, input) => {
    await expect(openTask(house.context, agent.actor, input)).rejects.toMatchObject({ name: 'ZodError' });
  });

  it('refuses people, and answers a foreign delegation like none', async () => {
    for (const actor of [house.admin, house.owner, { kind: 'operator' } as const]) {
      await expect(openTask(house.context, actor, work)).rejects.toEqual(code('person.forbidden'));
    }
    for (const delegationId of [stranger.delegation.id, 'dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      await expect(openTask(house.context, agent.actor, { ...work, delegationId })).rejects.toEqual(
        code('delegation.not_found'),
      );
    }
  });

  it('never outlives its delegation', async () => {
    const brief = await house.makeAgent('brief', { expiresAt: house.now() + 5000 });
    const task = await openTask(house.context, brief.actor, { ...work, ttlSeconds: 3600 });
    expect(task.expiresAt).toBe(house.now() + 5000);
  });

  it.each([
    ['agent', (one: TestAgent) => one.id],
    ['owner', () => personId('owner')],
    ['delegation', (one: TestAgent) => one.delegation.id],
    ['everything', () => '*'],
  ] as const)('refuses while the %s is stopped', async (scope, find) => {
    house.context.stops.apply(scope, find(agent));
    await expect(openTask(house.context, agent.actor, work)).rejects.toEqual(code('signal.stopped'));
    house.context.stops.lift(scope, find(agent));
    expect(await openTask(house.context, agent.actor, work)).toMatchObject({ state: 'open' });
  });

  it('refuses when the person at the root of the delegation is no longer active', async () => {
    const lent = await createDelegation(house.context, house.neighbour, {
      agentId: agent.id,
      purpose: 'Lent',
      limits: { upstreams: '*', actions: ['*'], expiresAt: house.now() + 60_000 },
    });
    const setState = (state: 'active' | 'suspended') =>
      stored.store.sql.updateTable('people').set({ state }).where('id', '=', personId('neighbour')).execute();
    await setState('suspended');
    const input = { ...work, delegationId: lent.id };
    await expect(openTask(house.context, agent.actor, input)).rejects.toEqual(code('delegation.not_active'));
    await setState('active');
    expect(await openTask(house.context, agent.actor, input)).toMatchObject({ delegationId: lent.id });
  });
});

describe('openDefaultTask', () => {
  it('opens with the purpose of the delegation for as long as the token', async () => {
    const task = await openDefaultTask(house.context, agent.id, 300);
    expect(task).toMatchObject({ purpose: 'Work', expiresAt: house.now() + 300_000 });
    expect(house.ofKind('task.opened').at(-1)?.body).toMatchObject({ isDefault: true });
  });

  it('needs a default delegation', async () => {
    const idle = await house.makeAgent('idle', { expiresAt: house.now() + 1000 });
    house.advance(1000);
    await expect(openDefaultTask(house.context, idle.id, 300)).rejects.toEqual(code('token.task_needed'));
  });
});

describe('endTask', () => {
  it('ends the own task, cuts its calls, and records who and what', async () => {
    const task = await openTask(house.context, agent.actor, work);
    const lease = await house.context.tasks.lease(task.id);
    const admission = admit(task, 'act_5');
    const input = { taskId: task.id, outcome: 'failed', reason: 'No post today' };
    const ended = await endTask(house.context, agent.actor, input);
    expect(ended).toMatchObject({
      state: 'ended',
      endReason: 'failed',
      endedAt: house.now(),
      cut: ['act_5'],
    });
    expect(admission.signal.reason).toEqual(code('task.not_open'));
    admission.release();
    expect(lease.endedAt).toBe(house.now());
    expect(house.ofKind('task.ended').at(-1)).toMatchObject({
      task: task.id,
      causes: [house.ofKind('task.opened').at(-1)?.id],
      body: {
        by: agent.id,
        reason: 'failed',
        note: 'No post today',
        cut: ['act_5'],
        used: { calls: 0, spendMinor: 0 },
      },
    });
    const records = house.records.length;
    house.advance(1000);
    expect(await endTask(house.context, agent.actor, { taskId: task.id })).toMatchObject({
      endReason: 'failed',
      endedAt: ended.endedAt,
    });
    expect(house.records.length).toBe(records);
  });

  it('is refused as unknown to another agent, and allowed to owner and administrator', async () => {
    const task = await openTask(house.context, agent.actor, work);
    const input = { taskId: task.id };
    await expect(endTask(house.context, stranger.actor, input)).rejects.toEqual(code('task.not_found'));
    await expect(getTask(house.context, stranger.actor, task.id)).rejects.toEqual(code('task.not_found'));
    await expect(endTask(house.context, house.neighbour, input)).rejects.toEqual(code('person.forbidden'));
    await expect(endTask(house.context, house.approver, input)).rejects.toEqual(code('person.forbidden'));
    expect(await endTask(house.context, house.owner, input)).toMatchObject({ endReason: 'stopped' });
    const other = await openTask(house.context, agent.actor, work);
    expect(await endTask(house.context, house.admin, { taskId: other.id })).toMatchObject({ state: 'ended' });
    const unknown = { taskId: 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    await expect(endTask(house.context, house.admin, unknown)).rejects.toEqual(code('task.not_found'));
  });
});

describe('expireTasks', () => {
  it('ends what ran out, at the time it ran out, and cuts its calls', async () => {
    const task = await openTask(house.context, agent.actor, { ...work, ttlSeconds: 1 });
    const lease = await house.context.tasks.lease(task.id);
    const admission = admit(task, 'act_6');
    expect(await expireTasks(house.context)).toBe(house.now() + 1000);
    house.advance(1500);
    expect(await getTask(house.context, agent.actor, task.id)).toMatchObject({ state: 'expired' });
    expect(await expireTasks(house.context)).toBeGreaterThan(house.now());
    expect(admission.signal.reason).toEqual(code('task.not_open'));
    expect(lease.endedAt).toBe(task.expiresAt);
    expect(house.ofKind('task.ended').at(-1)).toMatchObject({
      task: task.id,
      body: { by: 'system:expiry', reason: 'expired' },
    });
    expect(await endTask(house.context, agent.actor, { taskId: task.id })).toMatchObject({
      state: 'expired',
      endedAt: task.expiresAt,
    });
    admission.release();
  });

  it('expires a task that is ended too late, whatever its agent says', async () => {
    const task = await openTask(house.context, agent.actor, { ...work, ttlSeconds: 1 });
    house.advance(1000);
    expect(await endTask(house.context, agent.actor, { taskId: task.id })).toMatchObject({
      endReason: 'expired',
      endedAt: task.expiresAt,
    });
  });
});

describe('listTasks', () => {
  it('shows an agent its own only, and people all', async () => {
    const mine = await openTask(house.context, stranger.actor, work);
    const asked = { agentId: agent.id, limit: 200 };
    const own = await listTasks(house.context, stranger.actor, asked);
    expect(own.items.map((task) => task.id)).toEqual([mine.id]);
    const all = await listTasks(house.context, house.auditor, { limit: 200 });
    expect(new Set(all.items.map((task) => task.agentId)).size).toBeGreaterThan(1);
    const open = await listTasks(house.context, house.owner, { state: 'open', limit: 200 });
    expect(open.items.every((task) => task.state === 'open')).toBe(true);
    await expect(listTasks(house.context, house.approver, {})).rejects.toEqual(code('person.forbidden'));
  });
});
