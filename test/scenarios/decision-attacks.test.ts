import { createRawAgent, type EnrolledAgent, makeAgentKey, sendHttp } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addEnforcementPoint,
  type EnforcementPoint,
} from '../conformance/authzen-ground/add-enforcement-point.ts';
import { askForward, SHOP } from './ground/ask-forward.ts';
import { createCaller } from './ground/create-caller.ts';
import { useApi } from './ground/use-api.ts';

const scene = useApi();
const evaluation = '/access/v1/evaluation';

let point: EnforcementPoint;
let enrolled: EnrolledAgent;
beforeAll(async () => {
  const { gateway } = scene();
  const routes = [{ url: SHOP, upstream: 'shop' }];
  point = await addEnforcementPoint(gateway, { name: 'elsewhere', addresses: ['127.0.0.1', '::1'], routes });
  enrolled = await gateway.enrol();
});

function question(change: object = {}) {
  return {
    subject: { type: 'agent', id: enrolled.agent.agentId, properties: { task: enrolled.task } },
    action: { name: 'call' },
    resource: { type: 'tool', id: 'shop/getCustomer', properties: { arguments: { path: { id: 7 } } } },
    ...change,
  };
}

async function answer(body: object, by = point): Promise<{ decision: boolean; reason: string | undefined }> {
  const reply = await by.ask(evaluation, body);
  expect(reply.status, reply.body).toBe(200);
  const { decision, context } = reply.json as { decision: boolean; context: { reason?: string } };
  return { decision, reason: context.reason };
}

describe('token.enforcement-point', () => {
  it('is good for asking alone: at no upstream, and not on the control plane', async () => {
    const { gateway } = scene();
    expect(await answer(question())).toEqual({ decision: true, reason: undefined });
    const asAgent = { ...enrolled, agent: point.client, token: point.token };
    const called = await createCaller(asAgent, `${gateway.url}/mcp/shop`).call('getCustomer', {
      path: { id: 7 },
    });
    expect([called.status, called.body.includes('token.invalid')]).toEqual([401, true]);
    for (const path of ['/v1/tasks', '/v1/agents', '/v1/tokens/enforcement-points'])
      expect(
        (await point.client.send({ url: gateway.url + path, token: point.token, message: {} })).status,
      ).toBe(401);
  });

  it('is the only one that asks: an agent’s, a control token and none are refused', async () => {
    const { gateway } = scene();
    const url = gateway.url + evaluation;
    const control = await enrolled.agent.token();
    for (const token of [enrolled.token, control]) {
      const reply = await enrolled.agent.send({ url, token, message: question() });
      expect([reply.status, reply.headers['x-countersign-error']]).toEqual([401, 'token.invalid']);
    }
    const bare = await sendHttp({
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question()),
    });
    expect([bare.status, bare.headers['x-countersign-error']]).toEqual([401, 'token.missing']);
  });

  it('is bound to its key, its registration and its kind of proof', async () => {
    const { gateway } = scene();
    const url = gateway.url + evaluation;
    const thief = createRawAgent({ issuer: gateway.url, agentId: point.id, key: await makeAgentKey() });
    const stolen = await thief.send({ url, token: point.token, message: question() });
    expect(stolen.headers['x-countersign-error']).toBe('token.proof_invalid');
    const bearer = await point.client.send({
      url,
      token: point.token,
      message: question(),
      scheme: 'Bearer',
    });
    expect(bearer.headers['x-countersign-error']).toBe('token.bearer_refused');
    await expect(thief.token()).rejects.toThrow('invalid_client');
    const gone = await addEnforcementPoint(gateway, { name: 'gone' });
    const removed = await sendHttp({
      method: 'DELETE',
      url: `${gateway.url}/v1/tokens/enforcement-points/${gone.id}`,
      headers: { authorization: `Bearer ${await gateway.operatorToken()}` },
    });
    expect(removed.status, removed.body).toBe(204);
    const after = await gone.ask(evaluation, question());
    expect([after.status, after.headers['x-countersign-error']]).toEqual([401, 'token.invalid']);
  });

  it('asks about what it was registered for, and learns of nothing else', async () => {
    const { gateway } = scene();
    const narrow = await addEnforcementPoint(gateway, { name: 'narrow', upstreams: ['files'], types: [] });
    expect(await answer(question(), narrow)).toEqual({ decision: false, reason: 'upstream.not_found' });
    const nowhere = { type: 'tool', id: 'nowhere/getCustomer' };
    expect(await answer(question({ resource: nowhere }))).toEqual({
      decision: false,
      reason: 'upstream.not_found',
    });
    const search = { subject: question().subject, action: { name: 'call' }, resource: { type: 'tool' } };
    expect((await narrow.ask('/access/v1/search/resource', search)).json).toMatchObject({ results: [] });
  });

  it('says no more of an agent than it knows: unproven possession counts as none', async () => {
    const { gateway } = scene();
    const lax = await addEnforcementPoint(gateway, { name: 'lax', binding: 'none' });
    const pay = { type: 'tool', id: 'shop/deleteCustomer', properties: { arguments: { path: { id: 7 } } } };
    expect(await answer(question(), lax)).toMatchObject({ decision: true });
    expect(await answer(question({ resource: pay }), lax)).toEqual({
      decision: false,
      reason: 'approval_required',
    });
  });
});

describe('policy.question-attacked', () => {
  it('about another agent’s task is denied', async () => {
    const other = await scene().gateway.enrol();
    const subject = { type: 'agent', id: other.agent.agentId, properties: { task: enrolled.task } };
    expect(await answer(question({ subject }))).toEqual({ decision: false, reason: 'task.not_found' });
  });

  it.each<[string, object, string]>([
    [
      'an agent that is not there',
      { subject: { type: 'agent', id: 'agt_00000000000000000000000000' } },
      'agent.not_found',
    ],
    ['no agent id at all', { subject: { type: 'agent', id: '__proto__' } }, 'agent.not_found'],
    ['an unknown type', { subject: { type: '__proto__', id: 'x' } }, 'unknown_type'],
    ['an unknown action', { action: { name: 'constructor' } }, 'unknown_action'],
    ['a tool without an upstream', { resource: { type: 'tool', id: 'getCustomer' } }, 'action.tool_unknown'],
    [
      'arguments that are said twice',
      { context: { arguments: { path: { id: 8 } } } },
      'action.arguments_invalid',
    ],
    [
      'arguments that are no object',
      { resource: { type: 'tool', id: 'shop/getCustomer', properties: { arguments: [] } } },
      'action.arguments_invalid',
    ],
  ])('%s is denied with a reason', async (_name, change, reason) => {
    expect(await answer(question(change))).toEqual({ decision: false, reason });
  });

  it('an agent without a task is denied', async () => {
    const subject = { type: 'agent', id: enrolled.agent.agentId };
    expect(await answer(question({ subject }))).toEqual({ decision: false, reason: 'task.not_found' });
  });

  it('a revoked agent is denied at once', async () => {
    const { gateway } = scene();
    const stopped = await gateway.enrol();
    const subject = { type: 'agent', id: stopped.agent.agentId, properties: { task: stopped.task } };
    expect(await answer(question({ subject }))).toMatchObject({ decision: true });
    await gateway.operator('POST', '/v1/signals', {
      scope: 'agent',
      target: stopped.agent.agentId,
      reason: 'test',
    });
    expect((await answer(question({ subject }))).decision).toBe(false);
  });

  it.each<[string, string | Uint8Array]>([
    [
      'keys that are there twice',
      '{"subject":{"type":"agent","id":"a","id":"b"},"action":{"name":"call"},"resource":{"type":"tool","id":"x"}}',
    ],
    [
      'a prototype key',
      '{"__proto__":{},"subject":{"type":"a","id":"a"},"action":{"name":"b"},"resource":{"type":"c","id":"d"}}',
    ],
    ['what is no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['a list', '[]'],
    ['what nests without end', `${'['.repeat(100)}${']'.repeat(100)}`],
    [
      'a lone surrogate',
      '{"subject":{"type":"a","id":"\\ud800"},"action":{"name":"b"},"resource":{"type":"c","id":"d"}}',
    ],
  ])('refuses %s', async (_name, body) => {
    expect((await point.ask(evaluation, body)).status).toBe(400);
  });

  it('refuses huge batches and bodies', async () => {
    const evaluations = Array.from({ length: 101 }, () => ({}));
    expect((await point.ask('/access/v1/evaluations', { ...question(), evaluations })).status).toBe(400);
    const padding = 'x'.repeat(600_000);
    expect((await point.ask(evaluation, { ...question(), context: { padding } })).status).toBe(413);
  });

  it('answers every path and input of the data API, never with nothing', async () => {
    for (const [path, body] of [
      ['/v1/data/countersign/other', { input: {} }],
      ['/v1/data/x', { input: question() }],
      ['/v1/data/countersign/call', {}],
      ['/v1/data/countersign/call', { input: { tool: { name: 7 } } }],
    ] as const)
      expect((await point.ask(path, body)).json).toMatchObject({
        result: { allow: false, decision: 'deny' },
      });
    const asked = await point.ask('/v1/data/countersign/question', { input: question() });
    expect(asked.json).toMatchObject({ result: { allow: true } });
  });
});

describe('token.forwarded', () => {
  const request = { kind: 'nginx', method: 'GET', path: '/customers/7' } as const;
  const ask = (change: object = {}) =>
    askForward(scene().gateway, enrolled, { ...request, point: point.id, ...change });
  const code = async (change: object = {}) => (await ask(change)).headers['x-countersign-error'];

  it('lets the very request pass, and no other with the same proof', async () => {
    expect((await ask()).status).toBe(200);
    expect(await code({ htu: `${SHOP}/customers/8` })).toBe('token.proof_invalid');
    expect(await code({ token: point.token })).toBe('token.invalid');
    expect(await code({ headers: { authorization: undefined, dpop: undefined } })).toBe('token.missing');
  });

  it('hears nobody but the proxy: another address, and what its clients say', async () => {
    const { gateway } = scene();
    const far = await addEnforcementPoint(gateway, {
      name: 'far',
      addresses: ['192.0.2.1'],
      routes: [{ url: SHOP, upstream: 'shop' }],
    });
    const spoofed = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' };
    expect(await code({ point: far.id, headers: spoofed })).toBe('token.proxy_unknown');
    expect(await code({ point: 'pep_00000000000000000000000000' })).toBe('token.proxy_unknown');
    // What another kind of proxy would say is not looked at.
    const headers = { 'x-forwarded-uri': '/v2/customers/9', 'x-forwarded-method': 'DELETE' };
    expect((await ask({ headers })).status).toBe(200);
  });

  it.each<[string, object, string]>([
    [
      'two original URLs',
      { 'x-original-url': [`${SHOP}/customers/7`, `${SHOP}/customers/8`] },
      'action.malformed',
    ],
    ['another host', { 'x-original-url': 'https://evil.test/v2/customers/7' }, 'token.proxy_unknown'],
    [
      'a host that begins like it',
      { 'x-original-url': 'https://api.example.test.evil/v2/customers/7' },
      'token.proxy_unknown',
    ],
    [
      'a user in the URL',
      { 'x-original-url': 'https://api.example.test@evil.test/v2/customers/7' },
      'action.malformed',
    ],
    [
      'a path beside the route',
      { 'x-original-url': 'https://api.example.test/v20/customers/7' },
      'token.proxy_unknown',
    ],
    ['dots', { 'x-original-url': `${SHOP}/customers/../admin` }, 'action.path_refused'],
    ['an escaped slash', { 'x-original-url': `${SHOP}/customers/..%2fadmin` }, 'action.path_refused'],
    ['another method', { 'x-original-method': 'DELETE' }, 'token.proof_invalid'],
    ['a method override', { 'x-http-method-override': 'DELETE' }, 'action.header_refused'],
  ])('refuses %s', async (_name, headers, expected) => {
    expect(await code({ headers })).toBe(expected);
  });

  it('refuses an operation with a body that the proxy does not show', async () => {
    expect(await code({ method: 'POST', path: '/customers' })).toBe('action.arguments_invalid');
  });
});
