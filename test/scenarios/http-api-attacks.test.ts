import { Agent, fetch } from 'undici';
import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { useApi } from './ground/use-api.ts';
import { SECRET } from './ground/use-scene.ts';

const scene = useApi();
const form = { 'content-type': 'application/x-www-form-urlencoded' };
type Options = Parameters<typeof callApi>[4];

async function refusal(method: string, target: string, options?: Options): Promise<unknown> {
  const { gateway, caller, api } = scene();
  const before = api.requests.length;
  const reply = await callApi(gateway, caller, method, target, options);
  expect(api.requests.length, `it reached the API: ${target}`).toBe(before);
  return reply.json.code ?? `${reply.status} ${reply.body}`;
}

describe('http.one-reading', () => {
  it.each([
    'shop/files/..',
    'shop/files/../customers',
    'shop/files/./a',
    'shop/files/%2e%2e',
    'shop/files/%2E%2E%2Fcustomers',
    'shop/files/a%2fb',
    'shop/files/a%5Cb',
    'shop/files/a%00',
    'shop/files/a%0d%0aHost:%20x',
    'shop/files//a',
    'shop//files/a',
    'shop/files/a%zz',
    'shop/files/a"b',
  ])('refuses the path %s', async (target) => {
    expect(await refusal('GET', target)).toBe('action.path_refused');
  });

  it.each([
    ['an escape within an escape', 'shop/files/%252e%252e'],
    ['a slash within an escape', 'shop/files/a%252fb'],
    ['a number spelled otherwise', 'shop/customers/007'],
    ['a number beyond what is exact', 'shop/customers/9007199254740993'],
    ['an exponent', 'shop/customers/1e3'],
    ['a query nobody declared', 'shop/customers?admin=true'],
    ['a query given twice', 'shop/customers?limit=1&limit=100'],
    ['a method in the query', 'shop/customers?_method=DELETE'],
    ['a value that does not fit', 'shop/customers?limit=1000'],
    ['a prototype name', 'shop/customers?__proto__=1'],
  ])('refuses %s', async (_, target) => {
    expect(await refusal('GET', target)).toBe('action.arguments_invalid');
  });

  it.each([
    ['another case', 'GET', 'shop/Customers'],
    ['a slash at the end', 'GET', 'shop/customers/'],
    ['a path that is not there', 'GET', 'shop/admin'],
  ])('knows no operation in %s', async (_, method, target) => {
    expect(await refusal(method, target)).toBe('action.tool_unknown');
  });

  it('knows no method that the path has not', async () => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'PATCH', 'shop/customers');
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['duplicate keys', '{"name":"a","name":"b"}', 'action.malformed'],
    ['a prototype', '{"name":"a","__proto__":{}}', 'action.malformed'],
    ['bytes that are no text', Buffer.from([123, 0xff, 125]), 'action.malformed'],
    ['another type of value', '{"name":7}', 'action.arguments_invalid'],
  ])('refuses JSON with %s', async (_, body, code) => {
    expect(await refusal('POST', 'shop/customers', { body })).toBe(code);
  });

  it('refuses a body under another name than it has', async () => {
    const json = '{"name":"a"}';
    expect(await refusal('POST', 'shop/customers', { body: json, headers: form })).toBe(
      'action.content_type_refused',
    );
    expect(await refusal('POST', 'shop/payments', { body: json })).toBe('action.content_type_refused');
    expect(await refusal('PUT', 'shop/files/a', { body: json })).toBe('action.content_type_refused');
    const utf16 = { 'content-type': 'application/json; charset=utf-16' };
    expect(await refusal('POST', 'shop/customers', { body: json, headers: utf16 })).toBe(
      'action.content_type_refused',
    );
    const packed = { 'content-encoding': 'gzip' };
    expect(await refusal('POST', 'shop/customers', { body: json, headers: packed })).toBe(
      'action.header_refused',
    );
    expect(await refusal('GET', 'shop/customers', { body: json, headers: { 'content-length': '12' } })).toBe(
      'action.content_type_refused',
    );
    const twice = 'amount=1&amount=2&currency=EUR';
    expect(await refusal('POST', 'shop/payments', { body: twice, headers: form })).toBe(
      'action.arguments_invalid',
    );
  });

  it.each(['x-http-method-override', 'x-method-override', 'x-http-method'])(
    'refuses the header %s',
    async (name) => {
      expect(
        await refusal('POST', 'shop/customers', { body: '{"name":"a"}', headers: { [name]: 'DELETE' } }),
      ).toBe('action.header_refused');
    },
  );

  it('refuses a declared header that is given twice', async () => {
    expect(await refusal('GET', 'shop/customers', { headers: { 'x-trace': ['a', 'b'] } })).toBe(
      'action.header_refused',
    );
  });
});

describe('http.own-headers', () => {
  it("sends none of the caller's own, whatever they are called", async () => {
    const { gateway, caller, api } = scene();
    const headers = {
      host: 'evil.example',
      cookie: 'a=b',
      'x-api-key': 'mine',
      'x-forwarded-for': '10.0.0.1',
      'x-original-url': '/v1/admin',
      'x-undeclared': '1',
      connection: 'x-api-key',
      te: 'trailers',
    };
    const reply = await callApi(gateway, caller, 'GET', 'shop/customers/7', { headers });
    expect(reply.status, reply.body).toBe(200);
    const arrived = api.requests.at(-1);
    expect(arrived?.headers).toMatchObject({ host: new URL(api.url).host, 'x-api-key': SECRET });
    for (const name of [
      'cookie',
      'x-forwarded-for',
      'x-original-url',
      'x-undeclared',
      'te',
      'dpop',
      'authorization',
    ])
      expect(arrived?.headers).not.toHaveProperty(name);
    expect(JSON.stringify(arrived)).not.toContain(caller.token);
  });
});

describe('http.hostile-answers', () => {
  it.each([
    ['oversize', 'upstream.result_too_large'],
    ['slow', 'upstream.timed_out'],
    ['away', 'upstream.redirect_refused'],
    ['encoded', 'upstream.lied'],
    ['headers', 'upstream.result_too_large'],
    ['split', 'upstream.failed'],
  ])('%s ends in %s', async (how, code) => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'GET', `shop/behave?how=${how}`);
    expect(reply.json.code, reply.body).toBe(code);
    expect(reply.body).not.toContain('169.254');
    expect(reply.headers).not.toHaveProperty('location');
  });

  it('a redirect within the API leads back through the gateway', async () => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'GET', 'shop/behave?how=inside');
    expect(reply).toMatchObject({ status: 303, headers: { location: '/http/shop/customers/7' } });
  });

  it.each(['echo', 'echo-text'])('%s: the key does not come back', async (how) => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'GET', `shop/behave?how=${how}`);
    expect(reply.status).toBe(200);
    expect(`${reply.body}${JSON.stringify(reply.headers)}`).not.toContain(SECRET);
    expect(reply.body).toContain('[redacted by countersign]');
  });
});

describe('http.challenge', () => {
  it('tells an ordinary client what it needs, and nothing of the API', async () => {
    const { gateway, api } = scene();
    const before = api.requests.length;
    const dispatcher = new Agent();
    const reply = await fetch(`${gateway.url}/http/shop/customers`, { dispatcher });
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ code: 'token.missing', status: 401 });
    const metadata =
      /resource_metadata="([^"]+)"/.exec(reply.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    const described = await fetch(metadata, { dispatcher });
    expect(await described.json()).toMatchObject({ resource: `${gateway.url}/http/shop` });
    await dispatcher.close();
    expect(api.requests.length).toBe(before);
  });

  it('takes no token for another upstream, and a token got by the name of this door', async () => {
    const { gateway, caller, api } = scene();
    await gateway.addUpstream('other', { api });
    const foreign = await caller.agent.token({ task: caller.task, resource: [`${gateway.url}/mcp/other`] });
    const refused = await callApi(gateway, caller, 'GET', 'shop/customers/7', { token: foreign });
    expect(refused).toMatchObject({ status: 401, json: { code: 'token.audience_mismatch' } });
    const own = await caller.agent.token({ task: caller.task, resource: [`${gateway.url}/http/shop`] });
    expect((await callApi(gateway, caller, 'GET', 'shop/customers/7', { token: own })).status).toBe(200);
  });

  it('takes a proof for this very path alone', async () => {
    const { gateway, caller } = scene();
    const { agent, token } = caller;
    const url = `${gateway.url}/http/shop/customers/7`;
    const reply = await agent.send({ url, token, message: '', htu: `${gateway.url}/http/shop/customers/8` });
    expect(reply.json).toMatchObject({ code: 'token.proof_invalid' });
  });
});
