import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EnrolledAgent, sendHttp } from '@countersign/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, poll, readAsked, readError, wishAuthority } from './ground/ask-people.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene();
const token = 'n'.repeat(43);
let server: Server;
let origin: string;
let agent: EnrolledAgent;
const heard: { path: string; authorization: string | undefined; body: string }[] = [];
/** The first answers to each path; 204 afterwards. */
const answers = new Map<string, number[]>();

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await readBody(request);
    const path = request.url ?? '';
    heard.push({ path, authorization: request.headers.authorization, body });
    const status = answers.get(path)?.shift() ?? 204;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  agent = await scene().gateway.enrol();
});

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

const register = (url: string | null, agentId = agent.agent.agentId) =>
  scene().gateway.operator('PUT', `/v1/agents/${agentId}/notification-endpoint`, { url });

const request = (form: object = {}) =>
  ask(agent.agent, {
    login_hint: scene().gateway.administrator.id,
    authorization_details: wishAuthority({
      upstreams: ['shop'],
      actions: ['shop/echo'],
      expiresAt: Date.now() + 3_600_000,
    }),
    ...form,
  });

const pingsTo = (path: string) => heard.filter((one) => one.path === path);

describe('token.ask-ping', () => {
  it('tells an agent once that its answer is there, and nothing before', async () => {
    expect((await register(`${origin}/ping`)).json).toMatchObject({ delivery: 'ping' });
    expect(readError(await request())[1]).toBe('invalid_request');
    const asked = readAsked(await request({ client_notification_token: token }));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(pingsTo('/ping')).toEqual([]);
    expect((await scene().gateway.administrator.decide(asked.approval, 'approve')).status).toBe(200);
    await expect
      .poll(() => pingsTo('/ping'), { timeout: 8_000 })
      .toEqual([
        {
          path: '/ping',
          authorization: `Bearer ${token}`,
          body: JSON.stringify({ auth_req_id: asked.auth_req_id }),
        },
      ]);
    expect((await poll(agent.agent, asked.auth_req_id)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(pingsTo('/ping')).toHaveLength(1);
  });

  it('tells of a denial too, and again when the agent was not well', async () => {
    answers.set('/unwell', [503]);
    await register(`${origin}/unwell`);
    const asked = readAsked(await request({ client_notification_token: token }));
    await scene().gateway.administrator.decide(asked.approval, 'deny');
    await expect.poll(() => pingsTo('/unwell').length, { timeout: 8_000 }).toBe(1);
    await expect
      .poll(
        () => {
          scene().gateway.advance(1_000);
          return pingsTo('/unwell').length;
        },
        { timeout: 8_000 },
      )
      .toBe(2);
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('access_denied');
  });

  it('follows no redirect, and keeps trying nothing that leads elsewhere', async () => {
    answers.set('/redirect', [302]);
    await register(`${origin}/redirect`);
    const asked = readAsked(await request({ client_notification_token: token }));
    await scene().gateway.administrator.decide(asked.approval, 'approve');
    await expect.poll(() => pingsTo('/redirect').length, { timeout: 8_000 }).toBe(1);
    scene().gateway.advance(100_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(pingsTo('/redirect')).toHaveLength(1);
    expect(pingsTo('/elsewhere')).toHaveLength(0);
  });

  it.each([
    'http://192.168.1.1/ping',
    'https://10.0.0.1/ping',
    'https://169.254.169.254/latest/meta-data',
    'http://house.example/ping',
    'https://user:word@house.example/ping',
    'http://localhost.evil.example/ping',
    'http://127.0.0.1@evil.example/ping',
    'file:///etc/passwd',
    'https://house.example/ping#part',
  ])('is never registered at %s', async (url) => {
    const refused = await register(url);
    expect([refused.status, (refused.json as { code?: string }).code]).toEqual([
      400,
      'agent.notification_endpoint_refused',
    ]);
  });

  it('is changed by those alone who may change the agent', async () => {
    const stranger = await scene().gateway.invite('Stranger', ['owner']);
    const path = `/v1/agents/${agent.agent.agentId}/notification-endpoint`;
    const refused = await stranger.request('PUT', path, { url: `${origin}/stolen` });
    expect((refused.json as { code?: string }).code).toBe('person.forbidden');
    const own = await sendHttp({
      method: 'PUT',
      url: scene().gateway.url + path,
      headers: { authorization: `DPoP ${agent.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${origin}/own` }),
    });
    expect(own.status).toBeGreaterThanOrEqual(400);
    expect((await register(`${origin}/mine`)).status).toBe(200);
    expect((await register(null)).json).toMatchObject({ url: null, delivery: 'poll' });
    const [record] = await scene().gateway.records({
      kind: 'agent.notification_endpoint_set',
      agent: agent.agent.agentId,
    });
    expect(JSON.stringify(record)).not.toContain('/mine');
  });
});
