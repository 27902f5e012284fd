import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../../plugins/database/open-test-store.ts';
import { getPerson } from '../../get-person.ts';
import { openTestHouse, type TestHouse } from '../../open-test-house.ts';
import { openTestDirectory, type TestDirectory } from '../open-test-directory.ts';
import { followMapping } from './give-anew.ts';
import { regroupPeople } from './work-out-groups.ts';

const clock = createManualClock();
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const groups = [
  { directory: 'Approvers', as: 'approver' },
  { directory: 'Agent owners', as: 'owner' },
];
let test: TestStore;
let house: TestHouse;
let directory: TestDirectory;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch, people: async () => ({ groups }) });
  directory = await openTestDirectory(house);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const patch = (id: string, Operations: readonly object[]) =>
  directory.send('PATCH', `/Groups/${id}`, { schemas: [patchUrn], Operations });

async function addGroup(displayName: string, ids: readonly string[] = []): Promise<string> {
  const members = ids.map((value) => ({ value }));
  const made = await directory.send('POST', '/Groups', { displayName, members });
  expect(made.status).toBe(201);
  return String(made.body.id);
}

async function membersOf(id: string): Promise<readonly string[]> {
  const { body } = await directory.send('GET', `/Groups/${id}`);
  return (body.members as { value: string }[]).map(({ value }) => value).sort();
}

const namesOf = async (id: string): Promise<readonly string[]> => {
  const { roles, groups: names } = await getPerson(test.store, id);
  return [...roles, ...names];
};

describe('a group', () => {
  it('gives its members what the setting says, and takes it when they go', async () => {
    const [ana, bo] = [await directory.addUser('ana'), await directory.addUser('bo')];
    const id = await addGroup('Approvers', [ana]);
    expect(await namesOf(ana)).toEqual(['approver']);
    expect((await patch(id, [{ op: 'Add', path: 'members', value: [{ value: bo }] }])).status).toBe(204);
    expect(await membersOf(id)).toEqual([ana, bo].sort());
    expect(await namesOf(bo)).toEqual(['approver']);
    await patch(id, [{ op: 'Remove', path: `members[value eq "${ana}"]` }]);
    expect(await namesOf(ana)).toEqual([]);
    await patch(id, [{ op: 'Remove', path: 'members', value: [{ value: bo }] }]);
    expect(await namesOf(bo)).toEqual([]);
    expect(await membersOf(id)).toEqual([]);
  });

  it('is pushed whole, as Okta does it', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map((name) => directory.addUser(name)));
    const id = await addGroup('Approvers', ids.slice(0, 2));
    await patch(id, [{ op: 'replace', path: 'members', value: ids.slice(1).map((value) => ({ value })) }]);
    expect(await membersOf(id)).toEqual(ids.slice(1).sort());
    expect(await namesOf(ids[0] ?? '')).toEqual([]);
    await patch(id, [{ op: 'replace', value: { id, displayName: 'Agent owners' } }]);
    expect(await namesOf(ids[1] ?? '')).toEqual(['owner']);
    const pushed = await directory.send('PUT', `/Groups/${id}`, {
      displayName: 'Approvers',
      members: [{ value: ids[0] }],
    });
    expect(pushed.body).toMatchObject({ displayName: 'Approvers', members: [{ value: ids[0] }] });
    expect(await namesOf(ids[0] ?? '')).toEqual(['approver']);
    expect(await namesOf(ids[1] ?? '')).toEqual([]);
  });

  it('gives nothing any more once it is deleted, and is shown with its people until then', async () => {
    const ana = await directory.addUser('ana');
    const id = await addGroup('Approvers', [ana]);
    expect((await directory.send('GET', `/Users/${ana}`)).body).toMatchObject({ groups: [{ value: id }] });
    expect((await directory.send('DELETE', `/Groups/${id}`)).status).toBe(204);
    expect((await directory.send('DELETE', `/Groups/${id}`)).status).toBe(404);
    expect(await namesOf(ana)).toEqual([]);
  });

  it('is found by its name whatever its case, listed without members, unique', async () => {
    const id = await addGroup('Approvers');
    const found = await directory.send(
      'GET',
      '/Groups?filter=displayName eq "approvers"&excludedAttributes=members',
    );
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    expect((await directory.send('POST', '/Groups', { displayName: 'APPROVERS' })).status).toBe(409);
  });

  it('never gives a role by its own name', async () => {
    const ana = await directory.addUser('ana');
    await addGroup('admin', [ana]);
    expect(await namesOf(ana)).toEqual([]);
  });

  it('gives what the setting says now to those who were in it before', async () => {
    const ana = await directory.addUser('ana');
    await addGroup('Finance team', [ana]);
    const people = { ...house.context.config.people, groups: [{ directory: 'Finance team', as: 'finance' }] };
    const context = { ...house.context, config: { ...house.context.config, people } };
    await followMapping(context);
    await regroupPeople(context);
    expect(await namesOf(ana)).toEqual(['finance']);
  });

  it('is seen and filled by its own directory alone', async () => {
    const id = await addGroup('Approvers');
    const other = await openTestDirectory(house, { directory: 'other' });
    const stranger = await other.addUser('stranger');
    expect((await other.send('GET', `/Groups/${id}`)).status).toBe(404);
    expect((await patch(id, [{ op: 'add', path: 'members', value: [{ value: stranger }] }])).status).toBe(
      400,
    );
  });

  it.each([
    [[{ op: 'add', path: 'members', value: [{ display: 'x' }] }]],
    [[{ op: 'add', path: 'members', value: [{ value: 'x', type: 'Group' }] }]],
    [[{ op: 'add', path: 'members[value eq "x"]', value: 'y' }]],
    [[{ op: 'remove', path: 'members[display eq "x"]' }]],
    [[{ op: 'replace', path: 'displayName', value: 5 }]],
    [[{ op: 'replace', path: 'owner', value: 'x' }]],
  ])('refuses %j', async (operations) => {
    expect((await patch(await addGroup('Approvers'), operations)).status).toBe(400);
  });
});

describe('a group of 100,000', () => {
  it('is kept in rows: one member more is one row more', { timeout: 180_000 }, async () => {
    const now = clock.now();
    const ids = Array.from({ length: 100_000 }, () => house.context.platform.newId('per'));
    for (let from = 0; from < ids.length; from += 2_000) {
      await test.store.transaction(async (tx) => {
        for (let at = from; at < from + 2_000; at += 500) {
          const some = ids.slice(at, at + 500);
          const people = some.map((id) => ({
            id,
            display_name: 'P',
            email: null,
            roles: '[]',
            state: 'active' as const,
            created_at: now,
          }));
          await tx.sql.insertInto('people').values(people).execute();
          const users = some.map((id) => ({
            ...{
              person_id: id,
              directory: 'main',
              user_name: id,
              user_name_key: id,
              external_id: null,
              active: 1,
            },
            ...{ attributes: '{}', version: 1, created_at: now, changed_at: now },
          }));
          await tx.sql.insertInto('scim_users').values(users).execute();
        }
      });
    }
    const newcomer = await directory.addUser('newcomer');
    const all = ids.slice(0, 99_999);
    const id = await addGroup('Everybody', all);
    let statements = 0;
    const { transaction } = test.store;
    test.store.transaction = (work) => {
      statements += 1;
      return transaction.call(test.store, work) as ReturnType<typeof work>;
    };
    expect((await patch(id, [{ op: 'add', path: 'members', value: [{ value: newcomer }] }])).status).toBe(
      204,
    );
    test.store.transaction = transaction;
    expect(statements).toBeLessThan(5);
    expect(await membersOf(id)).toHaveLength(100_000);
    const tooMany = await patch(id, [{ op: 'add', path: 'members', value: [{ value: ids[99_999] }] }]);
    expect(tooMany.body).toMatchObject({ scimType: 'tooMany' });
  });
});
