import { encodeId } from '@countersign/core';
import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLedgerRecord, selectLedgerRecords } from '../../ledger/index.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { setDirectoryGroups } from '../directory-groups.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../open-test-house.ts';
import { findSession } from '../session.ts';
import { setRoles } from '../set-roles.ts';
import { resumePerson, suspendPerson } from '../suspend-person.ts';
import { fillHands } from './fill-hands.ts';
import { finishInterrupted, holdLeavers, leavePerson, returnPerson } from './index.ts';

const clock = createManualClock();
const directory = { kind: 'system', part: 'scim' } as const;
let test: TestStore;
let house: TestHouse;
let administrator: TestPerson;
let owner: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  administrator = await house.addPerson(['admin']);
  owner = await house.addPerson(['owner', 'approver']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const leave = (personId: string, cause: 'scim' | 'administrator' | 'signal' = 'scim') =>
  leavePerson(house.context, cause === 'administrator' ? administrator.actor : directory, {
    personId,
    cause,
  });

async function statesOf(ownerId: string): Promise<readonly string[]> {
  const rows = await test.store.sql
    .selectFrom('agents')
    .select('state')
    .where('owner_id', '=', ownerId)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.state);
}

async function countOpen(): Promise<{ readonly delegations: number; readonly tasks: number }> {
  const { sql } = test.store;
  const delegations = await sql
    .selectFrom('delegations')
    .select('id')
    .where('revoked_at', 'is', null)
    .execute();
  const tasks = await sql.selectFrom('tasks').select('id').where('ended_at', 'is', null).execute();
  return { delegations: delegations.length, tasks: tasks.length };
}

/** As a directory that keeps the person. */
async function keep(personId: string, active: 0 | 1 = 1): Promise<void> {
  const said = { user_name: personId, user_name_key: personId, external_id: null, attributes: '{}' };
  const kept = { person_id: personId, directory: 'main', active, version: 1, created_at: 1, changed_at: 1 };
  await test.store.sql
    .insertInto('scim_users')
    .values({ ...said, ...kept })
    .execute();
}

async function addDevice(personId: string): Promise<void> {
  await test.store.sql
    .insertInto('push_subscriptions')
    .values({
      ...{ id: `psh_${personId}`, person_id: personId, endpoint_digest: personId },
      ...{ sealed: 'x', device: 'Phone', created_at: 1 },
    })
    .execute();
}

async function addPasskey(personId: string): Promise<void> {
  await test.store.sql
    .insertInto('passkeys')
    .values({
      ...{ credential_id: personId, person_id: personId, public_key: new Uint8Array(1), counter: 0 },
      ...{ transports: '[]', label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
}

describe('a person who leaves', () => {
  it('loses every way in, every agent, every delegation and every task, and keeps the history', async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 3 });
    const neighbour = await house.addPerson(['owner']);
    await fillHands(house.context, { ownerId: neighbour.id, agents: 2 });
    await addDevice(owner.id);
    await addDevice(neighbour.id);
    const left = await leave(owner.id);
    expect(left).toMatchObject({ state: 'suspended', roles: ['owner', 'approver'] });
    const devices = await test.store.sql.selectFrom('push_subscriptions').select('person_id').execute();
    expect(devices.map((row) => row.person_id)).toEqual([neighbour.id]);
    expect(await statesOf(owner.id)).toEqual(['orphaned', 'orphaned', 'orphaned']);
    expect(await statesOf(neighbour.id)).toEqual(['active', 'active']);
    expect(await countOpen()).toEqual({ delegations: 2, tasks: 2 });
    expect(house.context.stops.isStopped('owner', owner.id)).toBe(true);
    expect(await findSession(house.context, owner.cookie.split('=')[1] ?? '')).toBeUndefined();
    const kinds = await house.kinds();
    expect(kinds.filter((kind) => kind === 'delegation.revoked')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'task.ended')).toHaveLength(3);
    expect([kinds[0], kinds.at(-1)]).toEqual(['person.left', 'person.agents_lost']);
  });

  it('is told of to whoever follows security events, with each agent', async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 2 });
    await leave(owner.id);
    const events = await test.store.sql.selectFrom('security_events').selectAll().orderBy('id').execute();
    expect(
      events
        .filter((event) => event.person_id === owner.id)
        .map((event) => event.kind)
        .sort(),
    ).toEqual(['account-disabled', 'session-revoked']);
    const agents = events.filter((event) => event.agent_id !== null);
    expect(agents.map((event) => event.kind)).toEqual(['session-revoked', 'session-revoked']);
  });

  it('ends what others delegated to their agents to do, and leaves the delegation to its giver', async () => {
    const neighbour = await house.addPerson(['owner']);
    const [agentId] = await fillHands(house.context, { ownerId: owner.id, agents: 1, rootId: neighbour.id });
    await leave(owner.id);
    expect(await countOpen()).toEqual({ delegations: 1, tasks: 0 });
    expect((await house.context.agents.get(agentId ?? '')).state).toBe('orphaned');
  });

  it('ends the duties to approve that they gave or hold', async () => {
    const now = clock.now();
    const duty = {
      ...{ names: null, from_at: now, until_at: now + 3_600_000, signed_text: '{}', digest: 'd' },
      ...{ proposed_at: now, given_at: now, evidence: '{}', record: null, ended_at: null, end_reason: null },
    };
    const given = { id: 'dut_1', giver_id: owner.id, holder_id: administrator.id };
    const held = { id: 'dut_2', giver_id: administrator.id, holder_id: owner.id };
    await test.store.sql
      .insertInto('approval_duties')
      .values([
        { ...duty, ...given },
        { ...duty, ...held },
      ])
      .execute();
    await leave(owner.id);
    const rows = await test.store.sql.selectFrom('approval_duties').select('end_reason').execute();
    expect(rows.map((row) => row.end_reason)).toEqual(['person.left', 'person.left']);
  });

  it('leaves once: said again it changes nothing', async () => {
    await leave(owner.id);
    const before = await house.kinds();
    await leave(owner.id);
    expect(await house.kinds()).toEqual(before);
  });

  it('is cut before anything is written', async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 1 });
    const admission = house.context.stops.admit({
      ...{ action: 'act_1', agent: 'agt_1', owner: owner.id, task: 'tsk_1', chain: [] },
      ...{ upstream: 'crm', tool: 'crm/read' },
    });
    const { signal } = admission;
    const store = { ...house.context.store, transaction: () => Promise.reject(new Error('no disk')) };
    const broken = { ...house.context, store } as typeof house.context;
    await expect(leavePerson(broken, directory, { personId: owner.id, cause: 'scim' })).rejects.toThrow();
    expect(signal.aborted).toBe(true);
    admission.release();
  });

  it('may be 10,000 agents: in steps that are each short', { timeout: 120_000 }, async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 10_000 });
    let steps = 0;
    const transaction: typeof test.store.transaction = (work) => {
      steps += 1;
      return test.store.transaction(work);
    };
    const store = new Proxy(test.store, {
      get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name, target)),
    });
    await leavePerson({ ...house.context, store }, directory, { personId: owner.id, cause: 'scim' });
    expect(new Set(await statesOf(owner.id))).toEqual(new Set(['orphaned']));
    expect(await countOpen()).toEqual({ delegations: 0, tasks: 0 });
    expect(steps).toBeGreaterThan(10_000 / 50);
  });
});

describe('a leaving that a crash interrupts', () => {
  it('is held from the start on, and finished', async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 120 });
    let writes = 0;
    const store = new Proxy(test.store, {
      get: (target, name) => {
        if (name !== 'transaction') return Reflect.get(target, name, target);
        return (work: Parameters<typeof target.transaction>[0]) => {
          writes += 1;
          return writes > 4 ? Promise.reject(new Error('killed')) : target.transaction(work);
        };
      },
    });
    const dying = { ...house.context, store };
    await expect(leavePerson(dying, directory, { personId: owner.id, cause: 'scim' })).rejects.toThrow(
      'killed',
    );
    expect(await statesOf(owner.id)).toContain('active');
    house.context.stops.lift('owner', owner.id);
    await holdLeavers(house.context);
    expect(house.context.stops.isStopped('owner', owner.id)).toBe(true);
    await finishInterrupted(house.context);
    expect(new Set(await statesOf(owner.id))).toEqual(new Set(['orphaned']));
    expect((await house.kinds()).filter((kind) => kind === 'agent.state_changed')).toHaveLength(120);
    const last = await test.store.sql.selectFrom('leavings').selectAll().execute();
    expect(last).toMatchObject([{ agents: 120, delegations: 120 }]);
  });
});

describe('a person who returns', () => {
  beforeEach(() => keep(owner.id));

  it('is back as they were, without the agents', async () => {
    await addPasskey(owner.id);
    await fillHands(house.context, { ownerId: owner.id, agents: 1 });
    await leave(owner.id);
    const returned = await returnPerson(house.context, directory, { personId: owner.id, cause: 'scim' });
    expect(returned.state).toBe('active');
    expect(await statesOf(owner.id)).toEqual(['orphaned']);
    expect(house.context.stops.isStopped('owner', owner.id)).toBe(false);
  });

  it('needs all to take back what they said, unless an administrator does', async () => {
    await addPasskey(owner.id);
    await leave(owner.id);
    await leave(owner.id, 'signal');
    const back = (cause: 'scim' | 'signal' | 'oidc') =>
      returnPerson(house.context, directory, { personId: owner.id, cause });
    expect((await back('oidc')).state).toBe('suspended');
    expect((await back('scim')).state).toBe('suspended');
    await leave(owner.id);
    const cause = 'administrator';
    const decided = await returnPerson(house.context, administrator.actor, { personId: owner.id, cause });
    expect(decided.state).toBe('active');
  });

  it('stays suspended when an administrator had suspended them before', async () => {
    await suspendPerson(house.context, administrator.actor, owner.id);
    await leave(owner.id);
    const returned = await returnPerson(house.context, directory, { personId: owner.id, cause: 'scim' });
    expect(returned.state).toBe('suspended');
    expect(house.context.stops.isStopped('owner', owner.id)).toBe(true);
  });

  it('is not resumed instead', async () => {
    await addPasskey(owner.id);
    await leave(owner.id);
    const resumed = resumePerson(house.context, administrator.actor, owner.id);
    await expect(resumed).rejects.toMatchObject({ code: 'person.left' });
  });

  it('who never joined is invited again', async () => {
    const newcomer = await house.addPerson(['owner'], 'invited');
    await keep(newcomer.id);
    await leave(newcomer.id);
    const returned = await returnPerson(house.context, directory, { personId: newcomer.id, cause: 'scim' });
    expect(returned.state).toBe('invited');
  });

  it('is active again when an account at the issuer is their only way in', async () => {
    await test.store.sql
      .insertInto('person_identities')
      .values({ ...{ issuer: 'i', subject: 's', person_id: owner.id }, linked_at: 1, last_seen_at: 1 })
      .execute();
    await leave(owner.id);
    const returned = await returnPerson(house.context, directory, { personId: owner.id, cause: 'scim' });
    expect(returned.state).toBe('active');
  });

  it('is not let back by a directory that keeps them as not active, or not at all', async () => {
    await addPasskey(owner.id);
    await leave(owner.id);
    const back = () => returnPerson(house.context, directory, { personId: owner.id, cause: 'scim' });
    await test.store.sql.updateTable('scim_users').set({ active: 0 }).execute();
    expect((await back()).state).toBe('suspended');
    await test.store.sql.deleteFrom('scim_users').execute();
    expect((await back()).state).toBe('suspended');
  });
});

describe('the last administrator', () => {
  it('is not sent away by an administrator, but leaves when the directory says so, loudly', async () => {
    const code = 'person.last_administrator';
    await expect(leave(administrator.id, 'administrator')).rejects.toMatchObject({ code });
    expect((await leave(administrator.id)).state).toBe('suspended');
    const rows = await selectLedgerRecords(test.store.sql).execute();
    const records = rows.map((row) => readLedgerRecord(test.store, row));
    expect(records.some(({ body }) => JSON.stringify(body).includes('"lastAdministrator":true'))).toBe(true);
  });
});

describe('who may not own agents any more', () => {
  it('loses them when an administrator takes the role, and keeps the account', async () => {
    await fillHands(house.context, { ownerId: owner.id, agents: 2 });
    const input = { personId: owner.id, roles: ['approver'] };
    expect((await setRoles(house.context, administrator.actor, input)).state).toBe('active');
    expect(await statesOf(owner.id)).toEqual(['orphaned', 'orphaned']);
    expect(await countOpen()).toEqual({ delegations: 0, tasks: 0 });
    expect(house.context.stops.isStopped('owner', owner.id)).toBe(false);
  });

  it('loses them when the directory takes the group that gave the role', async () => {
    const groups = [{ directory: 'Agent owners', as: 'owner' }];
    const { config } = house.context;
    const context = { ...house.context, config: { ...config, people: { ...config.people, groups } } };
    const person = await house.addPerson(['approver']);
    const tell = (names: readonly string[]) =>
      test.store.transaction((tx) =>
        setDirectoryGroups(context, tx, directory, { personId: person.id, directory: 'scim', groups: names }),
      );
    await tell(['Agent owners']);
    await fillHands(house.context, { ownerId: person.id, agents: 1 });
    await tell([]);
    expect(house.context.stops.isStopped('owner', person.id)).toBe(true);
    await finishInterrupted(house.context);
    expect(await statesOf(person.id)).toEqual(['orphaned']);
  });
});

describe('the routes', () => {
  it('are for administrators', async () => {
    const post = (path: string, cookie: string) =>
      house.fetch(`/v1/people/${owner.id}/${path}`, { method: 'POST', body: '{}', headers: { cookie } });
    expect((await post('leave', owner.cookie)).status).toBe(403);
    expect(await (await post('leave', administrator.cookie)).json()).toMatchObject({ state: 'suspended' });
    expect((await post('return', administrator.cookie)).status).toBe(200);
    const nobody = encodeId('per', 1, new Uint8Array(10));
    const missing = leavePerson(house.context, directory, { personId: nobody, cause: 'scim' });
    await expect(missing).rejects.toMatchObject({ code: 'person.not_found' });
  });
});
