import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentRoutes } from '../agents/index.ts';
import { delegationRoutes } from '../delegations/index.ts';
import { createProblemResponse, readThrown } from '../http/index.ts';
import type { Actor } from '../people/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { signalRoutes } from '../signals/index.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from './create-test-house.ts';
import { taskRoutes } from './routes.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker');
});
afterAll(() => stored.remove());

/** The four nouns as the server mounts them, for one actor. */
async function ask(actor: Actor, method: string, path: string, body?: unknown) {
  const app = new Hono<{ Variables: { actor: Actor } }>();
  app.use(async (c, next) => {
    c.set('actor', actor);
    await next();
  });
  app.route('/v1/agents', agentRoutes(house.context));
  app.route('/v1/delegations', delegationRoutes(house.context));
  app.route('/v1/tasks', taskRoutes(house.context));
  app.route('/v1/signals', signalRoutes(house.context));
  app.onError((thrown) => createProblemResponse(readThrown(thrown, house.context.log, 'req_1'), 'req_1'));
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await app.request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...content,
  });
  return { status: response.status, body: await response.json() };
}

describe('/v1', () => {
  it('takes an agent from registration to retirement', async () => {
    const jwk = house.makeJwk();
    const input = { name: 'clerk', purpose: 'Files', environment: 'test', jwk };
    const { status, body } = await ask(house.owner, 'POST', '/v1/agents', input);
    expect({ status, body }).toMatchObject({ status: 201, body: { name: 'clerk', state: 'active' } });
    const path = `/v1/agents/${body.id}`;
    expect(await ask(house.owner, 'GET', path)).toMatchObject({ status: 200, body: { keys: [{ jwk }] } });
    expect(await ask(house.owner, 'GET', '/v1/agents?name=clerk&limit=1')).toMatchObject({
      body: { items: [{ id: body.id }], next: null },
    });
    const rotated = await ask(house.owner, 'POST', `${path}/keys`, { jwk: house.makeJwk() });
    expect(rotated).toMatchObject({ status: 201, body: { keys: [{}, {}] } });
    const [, old] = rotated.body.keys;
    expect(await ask(house.owner, 'POST', `${path}/keys/${old.thumbprint}/retire`, {})).toMatchObject({
      status: 200,
    });
    expect(await ask(house.owner, 'POST', `${path}/suspend`, { reason: 'Odd' })).toMatchObject({
      body: { state: 'suspended' },
    });
    expect(await ask(house.owner, 'POST', `${path}/resume`, {})).toMatchObject({ body: { state: 'active' } });
    const ownerId = personId('neighbour');
    expect(await ask(house.admin, 'PUT', `${path}/owner`, { ownerId })).toMatchObject({ body: { ownerId } });
    expect(await ask(house.admin, 'POST', `${path}/retire`, {})).toMatchObject({
      body: { state: 'retired' },
    });
  });

  it('lets an agent open, see and end its tasks', async () => {
    const opened = await ask(agent.actor, 'POST', '/v1/tasks', { purpose: 'Work', limits: { calls: 2 } });
    expect(opened).toMatchObject({ status: 201, body: { state: 'open', limits: { calls: 2 } } });
    const path = `/v1/tasks/${opened.body.id}`;
    expect(await ask(agent.actor, 'GET', path)).toMatchObject({ status: 200 });
    expect(await ask(agent.actor, 'GET', '/v1/tasks?state=open')).toMatchObject({ body: { items: [{}] } });
    expect(await ask(agent.actor, 'POST', `${path}/end`, { outcome: 'completed' })).toMatchObject({
      status: 200,
      body: { state: 'ended', cut: [] },
    });
    expect(await ask(agent.actor, 'GET', '/v1/agents')).toMatchObject({
      status: 403,
      body: { code: 'person.forbidden' },
    });
  });

  it('delegates, shows the chain, and revokes', async () => {
    const limits = {
      upstreams: ['files'],
      actions: ['files/*'],
      arguments: [{ action: '*', path: '/path', rule: { pathWithin: '/srv' }, optional: true }],
      expiresAt: house.now() + 60_000,
    };
    const input = { agentId: agent.id, purpose: 'Read', limits };
    const { status, body } = await ask(house.owner, 'POST', '/v1/delegations', input);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { limits: { arguments: limits.arguments } },
    });
    const path = `/v1/delegations/${body.id}`;
    expect(await ask(house.auditor, 'GET', path)).toMatchObject({ body: { chain: [{ id: body.id }] } });
    expect(await ask(house.auditor, 'GET', '/v1/delegations?limit=1')).toMatchObject({
      body: { items: [{ id: body.id }], next: body.id },
    });
    expect(await ask(house.owner, 'POST', `${path}/revoke`, {})).toMatchObject({
      body: { state: 'revoked', ended: [body.id] },
    });
  });

  it('stops and lifts', async () => {
    const stopped = await ask(house.approver, 'POST', '/v1/signals', { scope: 'everything', reason: 'Fire' });
    expect(stopped).toMatchObject({ status: 201, body: { stop: { target: '*' }, cut: [] } });
    expect(await ask(agent.actor, 'POST', '/v1/tasks', { purpose: 'Work' })).toMatchObject({
      status: 403,
      body: { code: 'signal.stopped' },
    });
    expect(await ask(house.approver, 'GET', '/v1/signals')).toMatchObject({ body: { items: [{}] } });
    const path = `/v1/signals/${stopped.body.stop.id}/lift`;
    expect(await ask(house.approver, 'POST', path, {})).toMatchObject({ status: 403 });
    expect(await ask(house.admin, 'POST', path, {})).toMatchObject({ status: 200 });
  });

  it.each([
    ['POST', '/v1/agents', {}],
    ['POST', '/v1/agents', { name: 'x', purpose: 'y', environment: 'z', jwk: {}, state: 'active' }],
    ['GET', '/v1/agents/agt_1', undefined],
    ['GET', '/v1/agents?limit=1000', undefined],
    ['GET', '/v1/agents?surprise=1', undefined],
    ['POST', '/v1/delegations', { purpose: 'y' }],
    ['POST', '/v1/tasks', []],
    ['POST', '/v1/signals', { scope: 'world', reason: 'x' }],
    ['POST', '/v1/signals/stp_1/lift', {}],
  ])('refuses %s %s with %o', async (method, path, body) => {
    expect(await ask(house.admin, method, path, body)).toMatchObject({
      status: 400,
      body: { code: 'server.request_invalid' },
    });
  });

  it('describes all its routes', () => {
    const document = taskRoutes(house.context);
    expect('getOpenAPI31Document' in document).toBe(true);
    for (const routes of [agentRoutes, delegationRoutes, taskRoutes, signalRoutes]) {
      const app = routes(house.context);
      if (!('getOpenAPI31Document' in app) || typeof app.getOpenAPI31Document !== 'function')
        throw new Error();
      const described = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } });
      expect(Object.keys(described.paths).length).toBeGreaterThan(1);
    }
  });
});
