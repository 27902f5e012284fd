import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../../context.ts';
import { openTestStore, type TestStore } from '../../../plugins/database/open-test-store.ts';
import { fillHands } from '../../leaving/fill-hands.ts';
import { returnPerson } from '../../leaving/index.ts';
import { openTestHouse, type TestHouse } from '../../open-test-house.ts';
import { suspendPerson } from '../../suspend-person.ts';
import { openTestDirectory, type TestDirectory } from '../open-test-directory.ts';
import { replaceUser } from './users.ts';

const clock = createManualClock();
const operator = { kind: 'operator' } as const;
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
let test: TestStore;
let house: TestHouse;
let directory: TestDirectory;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  directory = await openTestDirectory(house);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const patch = (id: string, Operations: readonly object[], headers = {}) =>
  directory.send('PATCH', `/Users/${id}`, { schemas: [patchUrn], Operations }, headers);

const fill = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'x']));

async function stateOf(id: string): Promise<string | undefined> {
  const row = await test.store.sql
    .selectFrom('people')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.state;
}

describe('a user', () => {
  it('is made, read, replaced, changed and deleted, as RFC 7644 has it', async () => {
    const made = await directory.send('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'bjensen',
      externalId: 'bjensen-1',
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
      emails: [{ value: 'bjensen@example.test', type: 'work', primary: true }],
    });
    expect(made.status).toBe(201);
    expect(made.etag).toBe('W/"1"');
    expect(made.body).toMatchObject({ userName: 'bjensen', active: true, externalId: 'bjensen-1' });
    const id = String(made.body.id);
    expect((await directory.send('GET', `/Users/${id}`)).body).toEqual(made.body);
    const person = await test.store.sql
      .selectFrom('people')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    expect(person).toMatchObject({ state: 'invited', roles: '[]', email: 'bjensen@example.test' });
    const replaced = await directory.send('PUT', `/Users/${id}`, {
      userName: 'bjensen',
      displayName: 'Babs',
    });
    expect(replaced.body).not.toHaveProperty('name');
    expect(replaced.etag).toBe('W/"2"');
    const changed = await patch(id, [{ op: 'replace', path: 'name.familyName', value: 'Hansen' }]);
    expect(changed.body).toMatchObject({ name: { familyName: 'Hansen' }, displayName: 'Babs' });
    expect((await directory.send('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await directory.send('DELETE', `/Users/${id}`)).status).toBe(404);
    expect((await directory.send('GET', `/Users/${id}`)).status).toBe(404);
    expect(await stateOf(id)).toBe('suspended');
  });

  it('is one whatever the case of its name, and refused a second time', async () => {
    await directory.addUser('Ana@Example.test');
    const again = await directory.send('POST', '/Users', { userName: 'ana@example.TEST' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ scimType: 'uniqueness', status: '409' });
    const other = await directory.addUser('bo@example.test');
    const taken = await directory.send('PUT', `/Users/${other}`, { userName: 'ANA@example.test' });
    expect(taken.status).toBe(409);
    const found = await directory.send('GET', '/Users?filter=userName%20eq%20%22ANA@example.test%22');
    expect(found.body).toMatchObject({ totalResults: 1 });
  });

  it('takes over whom an administrator had invited under the same e-mail, with their roles', async () => {
    const [known] = await test.store.sql
      .insertInto('people')
      .values({
        ...{ id: house.context.platform.newId('per'), display_name: 'Ana', email: 'ana@example.test' },
        ...{ roles: '["approver"]', state: 'active', created_at: 1 },
      })
      .returning('id')
      .execute();
    expect(await directory.addUser('ana@example.test')).toBe(known?.id);
  });

  it('is nobody’s business in another directory', async () => {
    const id = await directory.addUser('ana@example.test');
    const other = await openTestDirectory(house, { directory: 'other' });
    for (const [method, body] of [['GET'], ['PUT', { userName: 'x' }], ['DELETE']] as const)
      expect((await other.send(method, `/Users/${id}`, body)).status).toBe(404);
    expect((await other.send('GET', '/Users')).body).toMatchObject({ totalResults: 0 });
    expect((await other.send('POST', '/Users', { userName: 'ana@example.test' })).status).toBe(409);
    expect(await stateOf(id)).toBe('invited');
  });

  it('never gets a role from what a directory says of it', async () => {
    const id = await directory.addUser('ana', {
      roles: [{ value: 'admin' }],
      entitlements: [{ value: 'admin' }],
    });
    await patch(id, [{ op: 'add', path: 'roles', value: [{ value: 'admin', primary: 'True' }] }]);
    const row = await test.store.sql.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst();
    expect(row).toMatchObject({ roles: '[]', directory_groups: '{}' });
  });

  it('has its hidden characters kept, and shown where people read the name', async () => {
    const displayName = 'A\u202edmin \u200bBo';
    const id = await directory.addUser('bo', { displayName });
    expect((await directory.send('GET', `/Users/${id}`)).body).toMatchObject({ displayName });
    const row = await test.store.sql.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst();
    expect(row?.display_name).toBe('A[U+202E]dmin [U+200B]Bo');
  });
});

describe('a user who is not active any more', () => {
  const ways: readonly (readonly [string, (id: string) => Promise<{ readonly status: number }>])[] = [
    ['Entra: Replace with a text', (id) => patch(id, [{ op: 'Replace', path: 'active', value: 'False' }])],
    ['Entra: without a path', (id) => patch(id, [{ op: 'Replace', value: { active: false } }])],
    ['Okta: without a path', (id) => patch(id, [{ op: 'replace', value: { active: false } }])],
    [
      'Okta: the whole user',
      (id) => directory.send('PUT', `/Users/${id}`, { userName: 'ana', active: false }),
    ],
    [
      'a full path',
      (id) =>
        patch(id, [
          { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false },
        ]),
    ],
    ['a deletion', (id) => directory.send('DELETE', `/Users/${id}`)],
  ];
  it.each(ways)('leaves (%s)', async (_, say) => {
    const id = await directory.addUser('ana');
    await fillHands(house.context, { ownerId: id, agents: 2 });
    expect((await say(id)).status).toBeLessThan(300);
    const agents = await test.store.sql
      .selectFrom('agents')
      .select('state')
      .where('owner_id', '=', id)
      .execute();
    expect(agents.map(({ state }) => state)).toEqual(['orphaned', 'orphaned']);
    expect(await house.kinds()).toContain('person.left');
  });

  it('leaves although the rest of what is said is taken', async () => {
    await directory.addUser('bo');
    const id = await directory.addUser('ana');
    expect((await directory.send('PUT', `/Users/${id}`, { userName: 'bo', active: false })).status).toBe(409);
    expect(await stateOf(id)).toBe('suspended');
  });

  it('is back when it is active again, but not when only something else is said', async () => {
    const id = await directory.addUser('ana', { active: false });
    expect(await stateOf(id)).toBe('suspended');
    await patch(id, [{ op: 'replace', path: 'title', value: 'Clerk' }]);
    await directory.send('PUT', `/Users/${id}`, { userName: 'ana' });
    expect(await stateOf(id)).toBe('suspended');
    const back = await patch(id, [{ op: 'Replace', path: 'active', value: 'True' }]);
    expect(back.body).toMatchObject({ active: true });
    expect(await stateOf(id)).toBe('invited');
  });

  it('is not let back in by a directory when an administrator suspended them', async () => {
    const id = await directory.addUser('ana');
    await suspendPerson(house.context, operator, id);
    const said = await directory.send('PUT', `/Users/${id}`, { userName: 'ana', active: true });
    expect(said.body).toMatchObject({ active: false });
  });

  it('is nobody to be made again, whoever has the e-mail now, before an administrator lets them return', async () => {
    const id = await directory.addUser('ana@example.test');
    await directory.send('DELETE', `/Users/${id}`);
    const other = await openTestDirectory(house, { directory: 'other' });
    for (const one of [directory, other]) {
      const again = await one.send('POST', '/Users', { userName: 'ana@example.test' });
      expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness']);
    }
    expect(await stateOf(id)).toBe('suspended');
    await returnPerson(house.context, operator, { personId: id, cause: 'administrator' });
    expect(await directory.addUser('ana@example.test')).toBe(id);
    expect(await stateOf(id)).toBe('invited');
  });

  it.each([1, 2, 3])('stays out although an activation crosses before step %i', async (step) => {
    const id = await directory.addUser('ana', { active: false });
    const actor = { kind: 'system', part: 'scim' } as const;
    // The other request has written that they are active, and not let them back yet.
    await test.store.sql.updateTable('scim_users').set({ active: 1 }).execute();
    const letBack = () => returnPerson(house.context, actor, { personId: id, cause: 'scim' });
    let steps = 0;
    const transaction: Context['store']['transaction'] = async (act) => {
      steps += 1;
      if (steps === step) await letBack();
      return test.store.transaction(act);
    };
    const store = new Proxy(test.store, {
      get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name, target)),
    });
    const request = { context: { ...house.context, store }, actor, directory: 'main', mayKeepAgents: false };
    const said = { userName: 'ana', active: false };
    await replaceUser({ ...request, baseUrl: house.origin, ifMatch: undefined }, id, said);
    await letBack();
    expect(steps).toBeGreaterThanOrEqual(3);
    expect(await stateOf(id)).toBe('suspended');
  });
});

describe('what Entra and Okta send', () => {
  it('changes one address by a filter, also when there is none yet', async () => {
    const id = await directory.addUser('ana');
    const path = 'emails[type eq "work"].value';
    const added = await patch(id, [{ op: 'Add', path, value: 'ana@example.test' }]);
    expect(added.body).toMatchObject({ emails: [{ type: 'work', value: 'ana@example.test' }] });
    const changed = await patch(id, [{ op: 'Replace', path, value: 'alves@example.test' }]);
    expect(changed.body).toMatchObject({ emails: [{ type: 'work', value: 'alves@example.test' }] });
    const row = await test.store.sql
      .selectFrom('people')
      .select('email')
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row?.email).toBe('alves@example.test');
    const removed = await patch(id, [{ op: 'Remove', path: 'emails[type eq "work"]' }]);
    expect(removed.body).not.toHaveProperty('emails');
  });

  it('puts many attributes, with dots and urns, into one value', async () => {
    const id = await directory.addUser('ana');
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const changed = await patch(id, [
      {
        op: 'Add',
        value: { 'name.givenName': 'Ana', displayName: 'Ana A', [`${enterprise}:department`]: 'Sales' },
      },
      { op: 'Add', path: `${enterprise}:manager`, value: 'per_boss' },
    ]);
    expect(changed.body).toMatchObject({
      name: { givenName: 'Ana' },
      displayName: 'Ana A',
      [enterprise]: { department: 'Sales', manager: { value: 'per_boss' } },
    });
  });

  it('asks for somebody who does not exist, and for no results', async () => {
    const nobody = await directory.send('GET', '/Users?filter=userName+eq+%22non-existent%22');
    expect([nobody.status, nobody.body.totalResults, nobody.body.Resources]).toEqual([200, 0, []]);
    await directory.addUser('ana');
    const none = await directory.send('GET', '/Users?startIndex=1&count=0');
    expect(none.body).toMatchObject({ totalResults: 1, itemsPerPage: 0, Resources: [] });
  });

  it('sends schemas that miss some, none, or unknown attributes', async () => {
    for (const schemas of [[], ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'], undefined]) {
      const body = { schemas, userName: `ana-${String(schemas?.length)}`, favouriteColour: 'blue' };
      const made = await directory.send('POST', '/Users', body);
      expect(made.status).toBe(201);
      expect(made.body).not.toHaveProperty('favouriteColour');
    }
  });
});

describe('a page of users', () => {
  it('has its place, its size and only what is asked for', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await directory.addUser(`user-${name}`, { title: 'Clerk' });
    const page = await directory.send('GET', '/Users?startIndex=2&count=2&attributes=userName');
    expect(page.body).toMatchObject({ totalResults: 5, startIndex: 2, itemsPerPage: 2 });
    const [first] = page.body.Resources as readonly object[];
    expect(Object.keys(first ?? {}).sort()).toEqual(['id', 'schemas', 'userName']);
    const searched = await directory.send('POST', '/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'title eq "clerk" and not (userName eq "user-a") and (userName sw "user" or id pr)',
      excludedAttributes: ['title'],
    });
    expect(searched.body).toMatchObject({ totalResults: 4 });
    expect((searched.body.Resources as readonly object[])[0]).not.toHaveProperty('title');
  });
});

describe('versions', () => {
  it('refuse what was made of an older one, and answer briefly when nothing changed', async () => {
    const id = await directory.addUser('ana');
    const change = [{ op: 'replace', path: 'title', value: 'Clerk' }];
    expect((await patch(id, change, { 'if-match': 'W/"1"' })).etag).toBe('W/"2"');
    expect((await patch(id, change, { 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await directory.send('DELETE', `/Users/${id}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(
      412,
    );
    const known = await directory.send('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"2"' });
    expect(known.status).toBe(304);
    expect((await patch(id, change)).etag).toBe('W/"2"');
  });
});

describe('bad input', () => {
  it.each([
    ['a number for a name', { userName: 5 }],
    ['no name', { displayName: 'x' }],
    ['an empty name', { userName: ' ' }],
    ['a list for a name', { userName: ['x'] }],
    ['a text for a list', { userName: 'x', emails: 'x@example.test' }],
    ['another resource', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], userName: 'x' }],
    ['a text for a truth', { userName: 'x', active: 'perhaps' }],
    ['a list', []],
    ['no JSON', '{'],
    ['keys of a prototype', '{"userName":"x","__proto__":{"admin":true}}'],
    ['the same key twice', '{"userName":"x","userName":"y"}'],
    ['too deep', `{"userName":"x","name":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`],
  ])('is refused: %s', async (_, body) => {
    const refused = await directory.send('POST', '/Users', body);
    expect(refused.status).toBe(400);
    expect(refused.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it.each([
    'userName eq',
    'userName eq "x" and',
    '((((((((userName eq "x"))))))))',
    'userName xx "x"',
    'userName eq "x',
    'constructor.name.x eq "y"',
    '__proto__ eq "x"',
    `${'a eq 1 or '.repeat(40)}a eq 1`,
    'emails[type eq "work"',
    'x'.repeat(3_000),
  ])('is refused as a filter: %s', async (filter) => {
    const refused = await directory.send('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect(refused.status).toBe(400);
    expect(['invalidFilter', 'invalidPath']).toContain(refused.body.scimType);
  });

  it.each([
    [[]],
    [[{ op: 'move', path: 'title', value: 'x' }]],
    [[{ op: 'remove' }]],
    [[{ op: 'add', path: 'title' }]],
    [[{ op: 'add', path: 'emails[type eq "work"', value: 'x' }]],
    [[{ op: 'add', path: '__proto__.admin', value: true }]],
    [[{ op: 'replace', path: 'userName', value: { a: 1 } }]],
    [['x']],
  ])('is refused as a change: %j', async (operations) => {
    const id = await directory.addUser('ana');
    expect((await patch(id, operations as object[])).status).toBe(400);
  });

  it.each([
    ['attributes of one operation', [{ op: 'add', value: fill(4_000) }]],
    ['operations', Array.from({ length: 201 }, () => ({ op: 'add', path: 'title', value: 'x' }))],
    ['members of a value', [{ op: 'add', path: 'name', value: fill(2_001) }]],
    ['attributes of an extension', [{ op: 'add', value: { 'urn:x': fill(4_000) } }]],
  ])('is refused with too many %s', async (_, operations) => {
    const id = await directory.addUser('ana');
    const refused = await patch(id, operations);
    expect([refused.status, refused.body.scimType]).toEqual([400, 'tooMany']);
  });

  it('comes with no token, a wrong, a removed or an expired one', async () => {
    const ask = (authorization?: string) =>
      house.fetch('/scim/v2/Users', authorization === undefined ? {} : { headers: { authorization } });
    expect((await ask()).status).toBe(401);
    expect((await ask(`Bearer ${directory.token.slice(0, -1)}x`)).status).toBe(401);
    expect((await ask(`Bearer ${house.operatorToken}`)).status).toBe(401);
    expect((await ask(`Bearer ${directory.token}`)).status).toBe(200);
    await test.store.sql.updateTable('scim_tokens').set({ removed_at: clock.now() }).execute();
    expect((await ask(`Bearer ${directory.token}`)).status).toBe(401);
    const other = await openTestDirectory(house);
    clock.advance(181 * 86_400_000);
    expect((await ask(`Bearer ${other.token}`)).status).toBe(401);
    for (let i = 0; i < 70; i++) await ask('Bearer x');
    expect((await ask('Bearer x')).status).toBe(429);
  });

  it('is nothing in bulk, and nothing at unknown places', async () => {
    expect((await directory.send('POST', '/Bulk', {})).status).toBe(404);
    expect((await directory.send('GET', '/Me')).status).toBe(404);
    expect((await directory.send('GET', '/Agents')).status).toBe(404);
  });
});

describe('what the server says of itself', () => {
  it('is what RFC 7643 asks for', async () => {
    const provider = await directory.send('GET', '/ServiceProviderConfig');
    expect(provider.body).toMatchObject({ patch: { supported: true }, bulk: { supported: false } });
    const types = await directory.send('GET', '/ResourceTypes');
    expect((types.body.Resources as { id: string }[]).map(({ id }) => id)).toEqual(['User', 'Group']);
    const schema = await directory.send('GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User');
    expect(schema.body).toMatchObject({ name: 'User' });
  });
});
