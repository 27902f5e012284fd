import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { useApi } from './ground/use-api.ts';
import { SECRET } from './ground/use-scene.ts';

const scene = useApi();
const call: (
  ...given: [method: string, target: string, options?: Parameters<typeof callApi>[4]]
) => ReturnType<typeof callApi> = (...given) => callApi(scene().gateway, scene().caller, ...given);

describe('http.call', () => {
  it('goes from token to API and back by method, path, query and body, with a key that the agent never sees', async () => {
    const { api } = scene();
    const reply = await call('GET', 'shop/customers?limit=2&tag=a%20b&tag=c&verbose=true', {
      headers: { 'x-trace': 't' },
    });
    expect(reply.status, reply.body).toBe(200);
    const arrived = api.requests.at(-1);
    expect(arrived).toMatchObject({
      method: 'GET',
      url: '/v1/customers?limit=2&tag=a%20b&tag=c&verbose=true',
    });
    expect(arrived?.headers).toMatchObject({
      'x-api-key': SECRET,
      'x-trace': 't',
      host: new URL(api.url).host,
    });
    for (const name of ['authorization', 'dpop', 'x-http-method-override'])
      expect(arrived?.headers).not.toHaveProperty(name);

    const made = await call('POST', 'shop/customers', { body: '{"name":"Ada","note":null}' });
    expect(made.status, made.body).toBe(201);
    expect(api.requests.at(-1)).toMatchObject({ method: 'POST', body: '{"name":"Ada","note":null}' });
  });

  it('is decided and recorded as the tool that it is', async () => {
    const { gateway, caller } = scene();
    await call('GET', 'shop/customers/7');
    const { intent, decision, outcome } = await readEvidence(gateway, {
      agent: caller.agent.agentId,
      tool: 'shop/getCustomer',
    });
    expect(intent).toMatchObject({
      tool: 'getCustomer',
      body: { front: 'http', arguments: { path: { id: 7 } } },
    });
    expect(decision).toMatchObject({ body: { effect: 'allow' } });
    expect(outcome).toMatchObject({ body: { status: 'completed', httpStatus: 200 } });
  });

  it('takes the most exact of the paths that fit', async () => {
    await call('GET', 'shop/customers/mine');
    expect(scene().api.requests.at(-1)).toMatchObject({ url: '/v1/customers/mine' });
  });

  it('types the fields of a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await call('POST', 'shop/payments', {
      headers,
      body: 'amount=120&currency=EUR&metadata[order]=a+b',
    });
    expect(reply.status, reply.body).toBe(201);
    expect(scene().api.requests.at(-1)).toMatchObject({
      body: 'amount=120&currency=EUR&metadata%5Border%5D=a%20b',
    });
  });

  it('passes an error of the API on as it is, and no content as no content', async () => {
    expect(await call('GET', 'shop/customers/404')).toMatchObject({
      status: 404,
      json: { error: 'no such customer' },
    });
    expect(await call('DELETE', 'shop/customers/7')).toMatchObject({ status: 204, body: '' });
    const list = await call('GET', 'shop/behave?how=list');
    expect(list.body).toBe('[1,2]');
  });

  it('keeps a number that is too long for us', async () => {
    expect((await call('GET', 'shop/behave?how=number')).body).toBe('{"id": 12345678901234567890}');
  });
});

describe('http.answer-headers', () => {
  it('are those that a caller may have, and lead back through the gateway', async () => {
    const { headers } = await call('GET', 'shop/customers/7');
    expect(headers).toMatchObject({
      'retry-after': '3',
      'x-shard': '7',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.link).toBe('</http/shop/customers?limit=2>; rel="next"');
    for (const name of ['set-cookie', 'x-accel-redirect', 'www-authenticate'])
      expect(headers).not.toHaveProperty(name);
    const page = await call('GET', 'shop/behave?how=page');
    expect(page.headers['content-security-policy']).toContain('sandbox');
  });
});

describe('http.streams', () => {
  it('events as they happen, until a stop cuts them', async () => {
    const { gateway, api } = scene();
    const caller = await gateway.enrol();
    const reply = callApi(gateway, caller, 'GET', 'shop/events', {
      headers: { accept: 'text/event-stream' },
    });
    await expect.poll(() => api.listeners.size).toBe(1);
    api.publish(`one ${SECRET}`);
    const input = { scope: 'agent', target: caller.agent.agentId, reason: 'Drill' };
    await new Promise((resolve) => setTimeout(resolve, 100));
    await gateway.operator('POST', '/v1/signals', input);
    const { body, status } = await reply;
    expect(status).toBe(0);
    expect(body).toContain('data: hello');
    expect(body).toContain('data: one [redacted');
    expect(body).not.toContain(SECRET);
    await expect.poll(() => api.listeners.size).toBe(0);
    const { outcome } = await readEvidence(gateway, { agent: caller.agent.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'signal.stopped' } });
  });

  it('a body that nobody reads, whole or not at all', async () => {
    const { api } = scene();
    const body = Buffer.alloc(6 * 1024 * 1024, 1);
    const digest = (bytes: Uint8Array) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
    const headers = { 'content-type': 'application/octet-stream' };
    expect((await call('PUT', 'shop/files/a', { headers, body })).json.code).toBe('action.upload_unstated');
    const stated = { ...headers, 'content-digest': digest(body), 'content-length': String(body.length) };
    const reply = await call('PUT', 'shop/files/a', { headers: stated, body });
    expect(reply).toMatchObject({ status: 201, json: { bytes: body.length } });
    const before = api.requests.length;
    const other = { ...stated, 'content-digest': digest(Buffer.from('other')) };
    expect((await call('PUT', 'shop/files/a', { headers: other, body })).json.code).toBe(
      'action.upload_differs',
    );
    expect(api.requests.length).toBe(before);
    const download = await call('GET', 'shop/files/a');
    expect(download.body.length).toBe(300_000);
  });
});
