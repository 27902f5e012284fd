import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { invitePerson } from './invite-person.ts';
import { listPeople } from './list-people.ts';
import { openTestHouse, type TestHouse, type TestPerson } from './open-test-house.ts';
import { setRoles } from './set-roles.ts';
import { resumePerson, suspendPerson } from './suspend-person.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let administrator: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  administrator = await house.addPerson(['admin']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

describe('inviting', () => {
  it('gives a link once and records who asked', async () => {
    const invited = await invitePerson(house.context, administrator.actor, {
      displayName: 'Bo',
      email: 'Bo@Example.test',
      roles: ['approver', 'finance'],
    });
    expect(invited.link).toMatch(new RegExp(`^${house.origin}/join#[\\w-]{43}$`));
    expect(await house.kinds()).toEqual(['person.invited']);
    const { items } = await listPeople(house.context, administrator.actor, {});
    expect(items.find(({ id }) => id === invited.personId)).toMatchObject({
      email: 'bo@example.test',
      roles: ['approver'],
      groups: ['finance'],
      state: 'invited',
    });
  });

  it('refuses a known e-mail, a hidden character and an actor without the permission', async () => {
    const bo = { displayName: 'Bo', email: 'bo@example.test', roles: ['approver'] };
    await invitePerson(house.context, administrator.actor, bo);
    const invite = (input: typeof bo, actor = administrator.actor) =>
      invitePerson(house.context, actor, input);
    await expect(invite(bo)).rejects.toMatchObject({ code: 'person.exists' });
    await expect(invite({ ...bo, email: 'b@example.test', displayName: 'A\u202eda' })).rejects.toThrow();
    const owner = await house.addPerson(['owner']);
    await expect(invite(bo, owner.actor)).rejects.toMatchObject({ code: 'person.forbidden' });
  });
});

describe('the last administrator', () => {
  it('stays one', async () => {
    const { id, actor } = administrator;
    const code = 'person.last_administrator';
    await expect(setRoles(house.context, actor, { personId: id, roles: ['owner'] })).rejects.toMatchObject({
      code,
    });
    await expect(suspendPerson(house.context, actor, id)).rejects.toMatchObject({ code });
    await house.addPerson(['admin']);
    expect((await setRoles(house.context, actor, { personId: id, roles: ['owner'] })).roles).toEqual([
      'owner',
    ]);
  });
});

describe('suspending and resuming', () => {
  it('stops the person and lets them back, unless a stop of theirs is in force', async () => {
    const person = await house.addPerson(['owner']);
    await test.store.sql
      .insertInto('passkeys')
      .values({
        credential_id: 'c',
        person_id: person.id,
        public_key: new Uint8Array(1),
        counter: 0,
        transports: '[]',
        label: 'Key',
        created_at: 1,
        last_used_at: null,
      })
      .execute();
    await suspendPerson(house.context, administrator.actor, person.id);
    expect(house.context.stops.isStopped('owner', person.id)).toBe(true);
    await resumePerson(house.context, administrator.actor, person.id);
    expect(house.context.stops.isStopped('owner', person.id)).toBe(false);
    await suspendPerson(house.context, administrator.actor, person.id);
    await test.store.sql
      .insertInto('stops')
      .values({
        id: 'stp_1',
        scope: 'owner',
        target: person.id,
        by: 'x',
        reason: 'y',
        at: 1,
        lifted_at: null,
      })
      .execute();
    await resumePerson(house.context, administrator.actor, person.id);
    expect(house.context.stops.isStopped('owner', person.id)).toBe(true);
    expect(await house.kinds()).toEqual(Array(4).fill('person.state_changed'));
  });

  it('does not bring in somebody who never joined', async () => {
    const { personId } = await invitePerson(house.context, administrator.actor, {
      displayName: 'Bo',
      roles: ['approver'],
    });
    const resumed = resumePerson(house.context, administrator.actor, personId);
    await expect(resumed).rejects.toMatchObject({ code: 'person.invite_invalid' });
  });

  it('is for administrators and the operator', async () => {
    const person = await house.addPerson(['owner', 'approver', 'auditor']);
    const suspended = suspendPerson(house.context, person.actor, administrator.id);
    await expect(suspended).rejects.toMatchObject({ code: 'person.forbidden' });
    expect((await suspendPerson(house.context, { kind: 'operator' }, person.id)).state).toBe('suspended');
  });
});
