import { type HttpReply, startGateway, type TestGateway } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEnforcementPoint, type EnforcementPoint } from './authzen-ground/add-enforcement-point.ts';
import { certificationFiles } from './authzen-ground/fixture.ts';

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const admin = { ...bob, properties: { role: 'admin' } };
const record1 = { type: 'record', id: 'record-1' };
const record2 = { type: 'record', id: 'record-2' };
const archived = { ...record2, properties: { status: 'archived' } };
const active = { ...record1, properties: { status: 'active' } };
const read = { name: 'read' };
const write = { name: 'write' };
const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };
const basic = { subject: alice, action: read, resource: record1 };

const evaluation = '/access/v1/evaluation';
const evaluations = '/access/v1/evaluations';
const subjects = '/access/v1/search/subject';
const resources = '/access/v1/search/resource';
const actions = '/access/v1/search/action';

/** Every section of the certification scenario of AuthZEN 1.0 that has a request and an expectation, by its anchor. */
describe('policy.authzen-certified', () => {
  let gateway: TestGateway;
  let point: EnforcementPoint;
  beforeAll(async () => {
    gateway = await startGateway();
    const activated = await gateway.operator('POST', '/v1/policies', { files: certificationFiles });
    expect(activated.status, activated.body).toBe(201);
    point = await addEnforcementPoint(gateway, { name: 'certification' });
  }, 60_000);
  afterAll(() => gateway?.stop());

  const ask = (path: string, body: object | string, headers = {}) => point.ask(path, body, headers);
  const decide = async (body: object): Promise<unknown> => {
    const reply = await ask(evaluation, body);
    expect(reply.status, reply.body).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    return (reply.json as { decision: unknown }).decision;
  };
  const decideAll = async (body: object): Promise<unknown[]> => {
    const reply = await ask(evaluations, body);
    expect(reply.status, reply.body).toBe(200);
    return (reply.json as { evaluations: { decision: unknown }[] }).evaluations.map(
      ({ decision }) => decision,
    );
  };
  const search = async (path: string, body: object): Promise<readonly { id?: string; name?: string }[]> => {
    const reply = await ask(path, body);
    expect(reply.status, reply.body).toBe(200);
    return (reply.json as { results: [] }).results;
  };
  const refuses = (reply: HttpReply) => expect(reply.status, reply.body).toBe(400);

  describe('Basic', () => {
    it('c-2-2-1 permit decision', async () => expect(await decide(basic)).toBe(true));
    it('c-2-2-2 deny decision', async () =>
      expect(await decide({ subject: bob, action: write, resource: record1 })).toBe(false));
    it('c-2-2-3 optional context', async () => expect(await decide({ ...basic, context })).toBe(true));
    it('c-2-2-4 deny based on properties', async () =>
      expect(await decide({ subject: alice, action: write, resource: archived })).toBe(false));
    it('c-2-2-5 permit based on subject properties', async () =>
      expect(await decide({ subject: admin, action: write, resource: archived })).toBe(true));
    it('c-2-2-6 permit based on action properties', async () => {
      const action = { name: 'delete', properties: { soft: true } };
      expect(await decide({ subject: alice, action, resource: record1 })).toBe(true);
    });
    it('c-2-2-7 deny based on action properties', async () => {
      const action = { name: 'delete', properties: { soft: false } };
      expect(await decide({ subject: alice, action, resource: record1 })).toBe(false);
    });
    it('c-2-2-8 additional properties', async () => {
      const subject = { ...alice, properties: { department: 'Sales', role: 'manager' } };
      const resource = { ...record1, properties: { status: 'active', owner: 'bob' } };
      const action = { ...read, properties: { method: 'GET' } };
      expect(await decide({ subject, action, resource })).toBe(true);
    });
    it('c-2-2-9 unknown fields', async () =>
      expect(await decide({ ...basic, foo: 'bar', futureField: { nested: true } })).toBe(true));
    it('c-1-4 rule 2, and rule 3', async () => {
      expect(await decide({ ...basic, action: write })).toBe(true);
      expect(await decide({ ...basic, subject: bob })).toBe(true);
    });
    it('c-2-3-1 the decision is a boolean', async () => expect(typeof (await decide(basic))).toBe('boolean'));
    it('c-2-3-2 the response context is an object', async () => {
      const { context: told } = (await ask(evaluation, basic)).json as { context: unknown };
      expect(told).toBeTypeOf('object');
    });
    it.each(['subject', 'action', 'resource'])('c-2-4-1 missing required fields: %s', async (member) =>
      refuses(await ask(evaluation, { ...basic, [member]: undefined })),
    );
    it.each<[string, object]>([
      ['subject.type', { subject: { id: 'alice' } }],
      ['subject.id', { subject: { type: 'user' } }],
      ['action.name', { action: {} }],
      ['resource.type', { resource: { id: 'record-1' } }],
      ['resource.id', { resource: { type: 'record' } }],
    ])('c-2-4-2 missing required sub-fields: %s', async (_name, change) =>
      refuses(await ask(evaluation, { ...basic, ...change })),
    );
    it('c-2-4-3 invalid content type', async () =>
      refuses(await ask(evaluation, JSON.stringify(basic), { 'content-type': 'text/plain' })));
    it('c-2-4-4 malformed JSON', async () => refuses(await ask(evaluation, '{"subject":')));
    it('c-2-4-5 empty request body', async () => refuses(await ask(evaluation, '')));
    it.each<[string, object]>([
      ['subject is a string', { subject: 'alice' }],
      ['action.name is a number', { action: { name: 123 } }],
    ])('c-2-4-6 invalid field types: %s', async (_name, change) =>
      refuses(await ask(evaluation, { ...basic, ...change })),
    );
    it('c-2-5-1 X-Request-ID comes back', async () => {
      const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
      const reply = await ask(evaluation, basic, { 'x-request-id': id });
      expect(reply.headers['x-request-id']).toBe(id);
      const refused = await ask(evaluation, {}, { 'x-request-id': id });
      expect(refused.headers['x-request-id']).toBe(id);
    });
    it('c-2-5-2 X-Request-ID may be absent', async () =>
      expect((await ask(evaluation, basic)).status).toBe(200));
    it('c-2-6 the same answer each time', async () => {
      const answers = [];
      for (let round = 0; round < 5; round++) answers.push(await decide(basic));
      expect(answers).toEqual([true, true, true, true, true]);
    });
  });

  describe('Batch', () => {
    it('c-3-2-1 evaluations array', async () => {
      const items = [{ resource: record1 }, { resource: record2 }];
      expect(await decideAll({ subject: alice, action: read, evaluations: items })).toHaveLength(2);
    });
    it('c-3-2-2 decisions, in order', async () => {
      const items = [{ action: read }, { action: write }];
      expect(await decideAll({ subject: bob, resource: record1, evaluations: items })).toEqual([true, false]);
    });
    it('c-3-2-3 properties of each item', async () => {
      const items = [{ resource: active }, { resource: archived }];
      expect(await decideAll({ subject: alice, action: write, evaluations: items })).toEqual([true, false]);
    });
    it('c-3-2-4 subject properties of each item', async () => {
      const items = [{ subject: alice }, { subject: admin }];
      expect(await decideAll({ action: write, resource: archived, evaluations: items })).toEqual([
        false,
        true,
      ]);
    });
    it('c-3-2-5 no defaults', async () => {
      const items = [basic, { subject: bob, action: write, resource: record1 }];
      expect(await decideAll({ evaluations: items })).toEqual([true, false]);
    });
    it('c-3-2-6 context inheritance', async () => {
      const items = [
        { resource: record1 },
        { resource: record2, context: { ...context, source: 'batch-override' } },
      ];
      expect(await decideAll({ subject: alice, action: read, context, evaluations: items })).toHaveLength(2);
    });
    it('c-3-2-7 defaults are whole', async () => {
      const items = [{}, { resource: archived }];
      expect(
        await decideAll({ subject: alice, action: write, resource: active, evaluations: items }),
      ).toEqual([true, false]);
    });
    it('c-3-3-1 as many answers as questions, c-3-3-2 in their order, c-3-3-3 each with a decision', async () => {
      const items = Array.from({ length: 12 }, (_, index) => ({ action: index % 2 === 0 ? read : write }));
      const expected = items.map((_, index) => index % 2 === 0);
      expect(await decideAll({ subject: bob, resource: record1, evaluations: items })).toEqual(expected);
    });
    it('c-3-3-4 no decision at the top', async () => {
      const { json } = await ask(evaluations, { evaluations: [basic] });
      expect(json).not.toHaveProperty('decision');
    });
    it('c-3-4-1 an item that fails is denied by itself', async () => {
      const options = { evaluations_semantic: 'execute_all' };
      const items = [{ resource: record1 }, {}];
      expect(await decideAll({ subject: alice, action: read, options, evaluations: items })).toEqual([
        true,
        false,
      ]);
    });
    it('c-3-4-2 no evaluations', async () =>
      expect((await ask(evaluations, basic)).json).toMatchObject({ decision: true }));
    it('c-3-4-3 empty evaluations', async () =>
      expect((await ask(evaluations, { ...basic, evaluations: [] })).json).toMatchObject({ decision: true }));

    it.each<[string, boolean[]]>([
      ['execute_all', [true, false, true]],
      ['deny_on_first_deny', [true, false]],
      ['permit_on_first_permit', [true]],
    ])('AuthZEN 1.0 §7.1.2.1 %s', async (evaluations_semantic, expected) => {
      const items = [{ action: read }, { action: write }, { action: read }];
      const batch = {
        subject: bob,
        resource: record1,
        options: { evaluations_semantic },
        evaluations: items,
      };
      expect(await decideAll(batch)).toEqual(expected);
    });
  });

  describe('Search', () => {
    const readers = { subject: { type: 'user' }, action: read, resource: record1 };
    const readable = { subject: alice, action: read, resource: { type: 'record' } };
    const possible = { subject: alice, resource: record1 };
    const ids = (results: readonly { id?: string }[]) => results.map(({ id }) => id);
    const names = (results: readonly { name?: string }[]) => results.map(({ name }) => name);

    it('c-4-2-1 subjects', async () => expect(await search(subjects, readers)).toEqual([alice, bob]));
    it('c-4-2-2 subjects, with context', async () =>
      expect(await search(subjects, { ...readers, context })).toEqual([alice, bob]));
    it('c-4-2-3 subjects, with an id that is ignored', async () =>
      expect(await search(subjects, { ...readers, subject: alice })).toEqual([alice, bob]));
    it('c-4-2-4 subjects, by resource properties', async () => {
      const found = await search(subjects, { subject: { type: 'user' }, action: write, resource: archived });
      expect(ids(found)).toContain('bob');
    });
    it('c-4-3-1 resources', async () => expect(ids(await search(resources, readable))).toContain('record-1'));
    it('c-4-3-2 resources, with context', async () =>
      expect(await search(resources, { ...readable, context })).toEqual(await search(resources, readable)));
    it('c-4-3-3 resources, with an id that is ignored', async () =>
      expect(await search(resources, { ...readable, resource: record1 })).toEqual(
        await search(resources, readable),
      ));
    it('c-4-3-4 resources, by subject properties', async () => {
      const found = await search(resources, { subject: admin, action: write, resource: { type: 'record' } });
      expect(ids(found)).toContain('record-2');
    });
    it('c-4-4-1 actions', async () =>
      expect(names(await search(actions, possible))).toEqual(expect.arrayContaining(['read', 'write'])));
    it('c-4-4-2 actions, with context', async () =>
      expect(await search(actions, { ...possible, context })).toEqual(await search(actions, possible)));
    it('c-4-4-3 actions, by properties', async () =>
      expect(names(await search(actions, { subject: admin, resource: archived }))).toContain('write'));
    it('c-4-5-1 page limit, and c-4-5-2 page token', async () => {
      const first = (await ask(subjects, { ...readers, page: { limit: 1 } })).json as Page;
      expect(first.results).toEqual([alice]);
      expect(first.page.next_token).not.toBe('');
      const second = (await ask(subjects, { ...readers, page: { token: first.page.next_token } }))
        .json as Page;
      expect(second).toMatchObject({ results: [bob], page: { next_token: '' } });
    });
    it('c-4-5-3 page format', async () => {
      const { page } = (await ask(subjects, readers)).json as Page;
      expect(page).toEqual({ next_token: '', count: 2 });
    });
    it('c-4-6-1 an unknown identifier finds nothing', async () => {
      const nobody = { type: 'user', id: 'nonexistent-user' };
      expect(await search(actions, { subject: nobody, resource: record1 })).toEqual([]);
      expect(await search(resources, { ...readable, subject: nobody })).toEqual([]);
      expect(await search(subjects, { ...readers, resource: { type: 'record', id: 'none' } })).toEqual([]);
    });
    it('c-4-6-2 an unknown type finds nothing', async () => {
      const ship = { type: 'spaceship', id: 'x' };
      expect(await search(subjects, { ...readers, subject: { type: 'spaceship' } })).toEqual([]);
      expect(await search(resources, { ...readable, resource: { type: 'spaceship' } })).toEqual([]);
      expect(await search(actions, { subject: ship, resource: record1 })).toEqual([]);
    });
    it.each<[string, string, object]>([
      ['subject search without action', subjects, { ...readers, action: undefined }],
      ['resource search without subject', resources, { ...readable, subject: undefined }],
      ['action search without resource', actions, { ...possible, resource: undefined }],
    ])('c-4-7-1 missing required fields: %s', async (_name, path, body) => refuses(await ask(path, body)));
    it.each<[string, string, object]>([
      ['subject search, resource.id', subjects, { ...readers, resource: { type: 'record' } }],
      ['resource search, subject.id', resources, { ...readable, subject: { type: 'user' } }],
      ['action search, subject.id', actions, { ...possible, subject: { type: 'user' } }],
    ])('c-4-7-2 missing required sub-fields: %s', async (_name, path, body) =>
      refuses(await ask(path, body)),
    );
  });

  it('c-6 metadata', async () => {
    const reply = await fetch(`${gateway.url}/.well-known/authzen-configuration`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await reply.json()).toMatchObject({
      policy_decision_point: gateway.url,
      access_evaluation_endpoint: `${gateway.url}${evaluation}`,
      access_evaluations_endpoint: `${gateway.url}${evaluations}`,
      search_subject_endpoint: `${gateway.url}${subjects}`,
      search_resource_endpoint: `${gateway.url}${resources}`,
      search_action_endpoint: `${gateway.url}${actions}`,
      capabilities: ['urn:openid:authzen:capability:access-request'],
    });
  });
});

interface Page {
  readonly results: readonly object[];
  readonly page: { readonly next_token: string; readonly count: number };
}
