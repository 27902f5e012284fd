import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeApprovalInput } from '../../../approvals/make-approval-input.ts';
import { refreshApprovals } from '../../../approvals/refresh-approvals.ts';
import type { Context } from '../../../context.ts';
import { suspendPerson } from '../../../people/suspend-person.ts';
import { openTestStore, type TestStore } from '../../../plugins/database/open-test-store.ts';
import { createInProcessHub } from '../../../plugins/signal-bus/in-process/create-in-process-hub.ts';
import { createTestHouse, personId, type TestHouse } from '../../../tasks/create-test-house.ts';
import { endTask, openTask } from '../../../tasks/index.ts';
import { liftStop } from '../../lift-stop.ts';
import { createRiskState } from '../../risk/risk-state.ts';
import { stopScope } from '../../stop-scope.ts';
import type { ActionScopes } from '../../stops.ts';
import type { Change } from '../change.ts';
import { createSignalLink, type SignalLink } from '../create-signal-link.ts';
import { listChanges } from '../list-changes.ts';
import { createRefresher } from './create-refresher.ts';

let test: TestStore;
/** Changes things. */
let here: TestHouse;
/** Another gateway's memory of the same database, which nothing but the bus tells of it. */
let there: TestHouse;
let others: string[];
let links: SignalLink[];

beforeEach(async () => {
  test = await openTestStore();
  here = await createTestHouse(test.store);
  there = await createTestHouse(test.store);
  others = [];
  links = [];
});
afterEach(async () => {
  await Promise.all(links.map((link) => link.close()));
  await test.remove();
});

const refresherOf = (context: Context) =>
  createRefresher(
    {
      ...context,
      risk: createRiskState(context.platform),
      tokens: { status: { confirm: async () => void others.push('tokens') } } as unknown as Context['tokens'],
      credentials: {
        refresh: async () => void others.push('connections'),
      } as unknown as Context['credentials'],
      notices: {
        tellInbox: (person: string, card: string) => void others.push(`${person} ${card}`),
      } as unknown as Context['notices'],
      events: { refresh: () => void others.push('event keys') } as unknown as Context['events'],
      secrets: { refresh: async () => void others.push('secrets') } as unknown as Context['secrets'],
      secretAges: { refresh: async () => void others.push('ages') } as unknown as Context['secretAges'],
    },
    {
      approvals: (ids) => refreshApprovals(context, ids),
      policies: async () => void others.push('policies'),
      signingKeys: async () => void others.push('keys'),
      upstream: async (name) => void others.push(name),
      upstreams: async () => void others.push('upstreams'),
    },
  );

/** Joins both; what `loses` names never gets there. */
async function joinBoth(loses: (changes: readonly Change[]) => boolean = () => false): Promise<void> {
  const hub = createInProcessHub();
  const join = (house: TestHouse, seed: number) => {
    const { log } = house.context;
    const refresh = refresherOf(house.context);
    const link = createSignalLink({
      ...{ open: hub.open, key: new Uint8Array(32), log, deafAfterSeconds: 2, hold: () => () => {} },
      platform: { now: house.now, randomBytes: (length) => new Uint8Array(length).fill(seed) },
      refresh,
    });
    links.push(link);
    return link;
  };
  const speaking = join(here, 1);
  const listening = join(there, 2);
  test.store.onAppended((appended) => {
    const changes = listChanges(appended.map(({ record }) => record));
    if (!loses(changes)) speaking.tell(changes);
  });
  speaking.tick();
  listening.tick();
  // Each has looked up everything, and looks up nothing more by itself.
  await until(() => others.filter((name) => name === 'upstreams').length >= 2);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 500) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const scopesOf = (task: string, agent: string): ActionScopes => ({
  ...{ action: 'act_1', agent, owner: personId('owner'), task, chain: [], upstream: 'files', tool: '' },
});

describe('what another gateway changed', () => {
  it('ends a task that is held here, and cuts its calls in flight', async () => {
    await joinBoth();
    const agent = await here.makeAgent('reader');
    const task = await openTask(here.context, agent.actor, { purpose: 'Read' });
    const held = await there.context.tasks.lease(task.id);
    const call = there.context.stops.admit(scopesOf(task.id, agent.id));
    const ended: string[] = [];
    there.context.tasks.onEnded((id) => ended.push(id));
    await endTask(here.context, agent.actor, { taskId: task.id });
    await until(() => held.endedAt !== null);
    expect(call.signal.reason).toMatchObject({ code: 'task.not_open' });
    expect(ended).toEqual([task.id]);
    call.release();
  });

  it('stops here what was stopped there, and lifts it', async () => {
    await joinBoth();
    const agent = await here.makeAgent('reader');
    const call = there.context.stops.admit(scopesOf('tsk_x', agent.id));
    const { stop } = await stopScope(here.context, here.admin, {
      scope: 'agent',
      target: agent.id,
      reason: 'No',
    });
    await until(() => there.context.stops.isStopped('agent', agent.id));
    expect(call.signal.reason).toMatchObject({ code: 'signal.stopped' });
    await liftStop(here.context, here.admin, { stopId: stop.id });
    await until(() => !there.context.stops.isStopped('agent', agent.id));
  });

  it('keeps the agents of a person who was suspended from acting', async () => {
    await joinBoth();
    const agent = await here.makeAgent('reader');
    expect(await there.context.agents.get(agent.id)).toMatchObject({ state: 'active' });
    await suspendPerson(here.context, here.admin, personId('owner'));
    // A message, or a look at everything: either way the agent may not act.
    await until(async () => (await there.context.agents.get(agent.id)).state === 'suspended');
  });

  it('shows an approval that was asked for there, and its end', async () => {
    await joinBoth();
    const agent = await here.makeAgent('reader');
    const task = await openTask(here.context, agent.actor, { purpose: 'Read' });
    const call = { ownerId: personId('owner'), agentId: agent.id, taskId: task.id };
    const asked = await here.context.approvals.request(makeApprovalInput(here.context.platform, call));
    await until(() => there.context.approvals.find(asked.id)?.state === 'requested');
    await here.context.approvals.cancel('approval', asked.id, 'test');
    await until(() => there.context.approvals.find(asked.id)?.state === 'cancelled');
  });

  it('is found in the database when the message was lost', async () => {
    await joinBoth(() => true);
    const agent = await here.makeAgent('reader');
    const task = await openTask(here.context, agent.actor, { purpose: 'Read' });
    const held = await there.context.tasks.lease(task.id);
    await endTask(here.context, agent.actor, { taskId: task.id });
    const { stop } = await stopScope(here.context, here.admin, {
      scope: 'agent',
      target: agent.id,
      reason: 'No',
    });
    expect([held.endedAt, there.context.stops.list()]).toEqual([null, []]);
    const refresh = refresherOf(there.context);
    await refresh([{ kind: 'everything' }]);
    expect(held.endedAt).not.toBeNull();
    expect(there.context.stops.isStopped('agent', agent.id)).toBe(true);
    await liftStop(here.context, here.admin, { stopId: stop.id });
    await refresh([{ kind: 'everything' }]);
    expect(there.context.stops.list()).toEqual([]);
  });

  it('lifts no stop that this gateway has not written yet', async () => {
    const refresh = refresherOf(there.context);
    there.context.stops.apply('everything', '*');
    await refresh([{ kind: 'stops' }]);
    expect(there.context.stops.isStopped('everything', '*')).toBe(true);
  });

  it('wakes who looks at an inbox here into which another has put a card', async () => {
    const card = {
      card_id: 'crd_1',
      person_id: personId('owner'),
      shown: '{}',
      created_at: 1,
      changed_at: 1,
    };
    await test.store.sql.insertInto('inbox_cards').values(card).execute();
    const refresh = refresherOf(there.context);
    await refresh([
      { kind: 'card', subject: 'crd_1' },
      { kind: 'card', subject: 'crd_none' },
    ]);
    expect(others).toEqual([`${personId('owner')} crd_1`]);
  });

  it('is looked up by those who know where', async () => {
    const refresh = refresherOf(there.context);
    await refresh([
      ...(['policies', 'keys', 'tokens', 'secrets', 'connections'] as const).map((kind) => ({ kind })),
      { kind: 'upstream', subject: 'files' },
    ]);
    expect(others).toEqual([
      ...['tokens', 'connections', 'event keys', 'keys', 'secrets', 'ages', 'files', 'policies'],
    ]);
  });
});
