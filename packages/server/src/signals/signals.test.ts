import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from '../tasks/create-test-house.ts';
import { openTask } from '../tasks/index.ts';
import { liftStop, listStops, type StopScope, stopScope } from './index.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
let task: string;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker');
  task = (await openTask(house.context, agent.actor, { purpose: 'Work' })).id;
  await addUpstream();
});
afterAll(() => stored.remove());

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const scopes = () => ({
  action: 'act_1',
  agent: agent.id,
  owner: personId('owner'),
  task,
  chain: [agent.delegation.id],
  upstream: 'payments',
  tool: 'payments/pay',
});

async function addUpstream(): Promise<void> {
  const at = house.now();
  await stored.store.sql
    .insertInto('upstreams')
    .values({ name: 'payments', kind: 'mcp-http', settings: '{}', environment: 'test', created_at: at })
    .execute();
  await stored.store.sql
    .insertInto('tools')
    .values({
      upstream: 'payments',
      name: 'pay',
      digest: 'd',
      definition: '{}',
      offered_digest: null,
      offered_definition: null,
      state: 'pinned',
      effects: '["spend"]',
      data_domain: 'money',
      confirmed: 1,
      amount_pointer: null,
      amount_currency: null,
      position: 0,
      pinned_at: at,
    })
    .execute();
}

describe('stopScope', () => {
  const targets: readonly (readonly [StopScope, () => string])[] = [
    ['agent', () => agent.id],
    ['owner', () => personId('owner')],
    ['task', () => task],
    ['delegation', () => agent.delegation.id],
    ['upstream', () => 'payments'],
    ['tool', () => 'payments/pay'],
    ['everything', () => '*'],
  ];
  it.each(targets)('stops the %s, cuts its call, records what it cut, and lifts', async (scope, target) => {
    const admission = house.context.stops.admit(scopes());
    const input = { scope, target: target(), reason: 'It behaves oddly' };
    const { stop, cut } = await stopScope(house.context, house.approver, input);
    expect(cut).toEqual(['act_1']);
    expect(admission.signal.reason).toEqual(code('signal.stopped'));
    admission.release();
    expect(() => house.context.stops.check(scopes())).toThrow(code('signal.stopped'));
    expect(house.ofKind('signal.stopped').at(-1)?.body).toMatchObject({
      stop: stop.id,
      scope,
      target: target(),
      by: personId('approver'),
      cut: ['act_1'],
      cutCount: 1,
    });
    const lifted = await liftStop(house.context, house.admin, { stopId: stop.id, reason: 'All well' });
    expect(lifted.liftedAt).toBe(house.now());
    expect(() => house.context.stops.check(scopes())).not.toThrow();
    expect(house.ofKind('signal.lifted').at(-1)).toMatchObject({
      causes: [house.ofKind('signal.stopped').at(-1)?.id],
      body: { stop: stop.id, stillStoppedBy: [] },
    });
  });

  it.each([
    ['agent', 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'agent.not_found'],
    ['owner', 'per_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'person.not_found'],
    ['task', 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'task.not_found'],
    ['delegation', 'dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'delegation.not_found'],
    ['upstream', 'payment', 'upstream.not_found'],
    ['tool', 'payments/payy', 'action.tool_unknown'],
  ] as const)('tells that no %s is called %s, and leaves nothing stopped', async (scope, target, wanted) => {
    const stopping = stopScope(house.context, house.admin, { scope, target, reason: 'Typing error' });
    await expect(stopping).rejects.toEqual(code(wanted));
    expect(house.context.stops.isStopped(scope, target)).toBe(false);
    expect((await listStops(house.context, house.admin, {})).items).toEqual([]);
  });

  it.each([
    ['agent', 'per_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['agent', '*'],
    ['everything', 'payments'],
    ['tool', 'pay'],
    ['tool', 'payments/'],
    ['upstream', '../payments'],
  ] as const)('refuses for %s the target %s', async (scope, target) => {
    await expect(stopScope(house.context, house.admin, { scope, target, reason: 'Odd' })).rejects.toEqual(
      code('server.request_invalid'),
    );
  });

  it('refuses who may not stop, and lets only administrators lift', async () => {
    const input = { scope: 'agent', target: agent.id, reason: 'Odd' };
    for (const actor of [house.auditor, agent.actor]) {
      await expect(stopScope(house.context, actor, input)).rejects.toEqual(code('person.forbidden'));
    }
    const { stop } = await stopScope(house.context, house.neighbour, input);
    for (const actor of [house.neighbour, house.owner, house.approver, agent.actor]) {
      await expect(liftStop(house.context, actor, { stopId: stop.id })).rejects.toEqual(
        code('person.forbidden'),
      );
    }
    expect(house.context.stops.isStopped('agent', agent.id)).toBe(true);
    await liftStop(house.context, house.admin, { stopId: stop.id });
  });

  it('holds until the last of several stops on one target is lifted', async () => {
    const input = { scope: 'agent', target: agent.id, reason: 'Odd' };
    const first = await stopScope(house.context, house.owner, input);
    const again = await stopScope(house.context, house.owner, input);
    const other = await stopScope(house.context, house.approver, input);
    expect(again.stop.id).toBe(first.stop.id);
    expect(other.stop.id).not.toBe(first.stop.id);
    await liftStop(house.context, house.admin, { stopId: first.stop.id });
    expect(house.context.stops.isStopped('agent', agent.id)).toBe(true);
    expect(house.ofKind('signal.lifted').at(-1)?.body).toMatchObject({ stillStoppedBy: [other.stop.id] });
    await liftStop(house.context, house.admin, { stopId: other.stop.id });
    expect(house.context.stops.isStopped('agent', agent.id)).toBe(false);
    expect(await liftStop(house.context, house.admin, { stopId: other.stop.id })).toMatchObject({
      id: other.stop.id,
    });
    await expect(
      liftStop(house.context, house.admin, { stopId: 'stp_01ARZ3NDEKTSV4RRFFQ69G5FAV' }),
    ).rejects.toEqual(code('signal.not_found'));
  });

  it('is in force before it is written, and stays so when the disk refuses', async () => {
    const seen: boolean[] = [];
    const transaction = () => {
      seen.push(house.context.stops.isStopped('task', task));
      return Promise.reject(new Error('disk'));
    };
    const broken = { ...house.context, store: { ...stored.store, transaction } };
    await expect(
      stopScope(broken, house.admin, { scope: 'task', target: task, reason: 'Odd' }),
    ).rejects.toThrow('disk');
    expect(seen).toEqual([true]);
    expect(() => house.context.stops.check(scopes())).toThrow(code('signal.stopped'));
    house.context.stops.lift('task', task);
  });

  it('keeps a stop that comes while an older one is being lifted', async () => {
    const input = { scope: 'agent', target: agent.id, reason: 'Odd' };
    const { stop } = await stopScope(house.context, house.owner, input);
    const [, second] = await Promise.all([
      liftStop(house.context, house.admin, { stopId: stop.id }),
      stopScope(house.context, house.approver, input),
    ]);
    expect(house.context.stops.isStopped('agent', agent.id)).toBe(true);
    await liftStop(house.context, house.admin, { stopId: second.stop.id });
  });
});

describe('after a restart', () => {
  it('the stops in force are in force, the lifted ones are not', async () => {
    const { stop } = await stopScope(house.context, house.admin, {
      scope: 'upstream',
      target: 'payments',
      reason: 'Leak',
    });
    house = await createTestHouse(await stored.reopen(), house.now() + 1000);
    expect(house.context.stops.isStopped('upstream', 'payments')).toBe(true);
    expect(house.context.stops.isStopped('agent', agent.id)).toBe(false);
    const page = await listStops(house.context, house.approver, {});
    expect(page).toMatchObject({ items: [{ id: stop.id, reason: 'Leak', liftedAt: null }], next: null });
    const all = await listStops(house.context, house.auditor, { state: 'all', limit: 3 });
    expect(all.items).toHaveLength(3);
    expect(all.next).toBe(all.items.at(-1)?.id);
    await expect(listStops(house.context, agent.actor, {})).rejects.toEqual(code('person.forbidden'));
  });
});
