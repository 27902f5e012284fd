import { API_DOCUMENT } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { acceptTool } from './ground/accept-tool.ts';
import { callApi } from './ground/call-api.ts';
import { useApi } from './ground/use-api.ts';
import { requireDone, SECRET } from './ground/use-scene.ts';

const scene = useApi();
interface Tool {
  readonly name: string;
  readonly state: string;
  readonly effects: readonly string[];
  readonly offeredDigest: string;
}

describe('http.import', () => {
  it('pins what can be offered, classified as a proposal, and says why the rest cannot', async () => {
    const { gateway, api } = scene();
    const settings = { documentUrl: api.documentUrl, allowPrivate: true };
    const added = await gateway.operator('POST', '/v1/upstreams', { name: 'again', kind: 'http', settings });
    const {
      tools,
      refused,
      settings: kept,
    } = requireDone<{
      tools: readonly (Tool & { confirmed: boolean })[];
      refused: readonly { name: string; reason: string }[];
      settings: { url: string };
    }>(added);
    expect(kept.url).toBe(api.url);
    expect(refused).toEqual([
      { name: 'GET /files/{name}.json', reason: expect.stringContaining('one segment') },
    ]);
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    expect(byName.get('listCustomers')).toMatchObject({
      state: 'pinned',
      effects: ['read'],
      confirmed: false,
    });
    expect(byName.get('deleteCustomer')?.effects).toContain('write');
    expect(byName.get('createPayment')?.effects).toContain('spend');
  });

  it('holds what the document says differently later, until a person accepts it', async () => {
    const { gateway, api, caller } = scene();
    const changed = API_DOCUMENT.replace('maximum: 100', 'maximum: 100000').replace(
      'operationId: getMine',
      'operationId: getOwn',
    );
    api.document = changed;
    const looked = await gateway.operator('POST', '/v1/upstreams/shop/tools/refresh');
    const { tools } = requireDone<{ tools: readonly Tool[] }>(looked);
    const states = Object.fromEntries(tools.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({
      listCustomers: 'quarantined',
      getMine: 'missing',
      getOwn: 'quarantined',
      getCustomer: 'pinned',
    });
    const before = api.requests.length;
    const held = await callApi(gateway, caller, 'GET', 'shop/customers?limit=2');
    expect(held.json.code).toBe('action.tool_quarantined');
    expect((await callApi(gateway, caller, 'GET', 'shop/customers/mine')).json.code).toBe(
      'action.tool_quarantined',
    );
    expect(api.requests.length).toBe(before);

    const review = await gateway.operator('GET', '/v1/upstreams/shop/tools/listCustomers');
    expect(review.json).toMatchObject({ differences: [{ before: 100, after: 100_000 }] });
    await acceptTool(gateway, 'shop', 'listCustomers');
    expect((await callApi(gateway, caller, 'GET', 'shop/customers?limit=2000')).status).toBe(200);
    api.document = API_DOCUMENT;
  });

  it('takes the document itself, and another in its place', async () => {
    const { gateway, api } = scene();
    const input = { kind: 'http', settings: { url: api.url, allowPrivate: true }, document: API_DOCUMENT };
    requireDone(await gateway.operator('POST', '/v1/upstreams', { name: 'file', ...input }));
    const next = { ...input, document: API_DOCUMENT.replace('maximum: 100', 'maximum: 7') };
    requireDone(await gateway.operator('PUT', '/v1/upstreams/file', next));
    const listed = await gateway.operator('GET', '/v1/upstreams/file/tools?state=quarantined');
    expect(requireDone<{ items: readonly Tool[] }>(listed).items.map(({ name }) => name)).toEqual([
      'listCustomers',
    ]);
    await gateway.restart();
    const again = await gateway.operator('GET', '/v1/upstreams/file/tools?state=quarantined');
    expect(requireDone<{ items: readonly Tool[] }>(again).items).toHaveLength(1);
  });

  it.each([
    ['no document', {}, undefined, 'upstream.document_invalid'],
    [
      'a document on a metadata service',
      { documentUrl: 'http://169.254.169.254/x.json', allowPrivate: true },
      undefined,
      'upstream.address_refused',
    ],
    [
      'a document on this machine that nobody allowed',
      { documentUrl: 'http://127.0.0.1:1/x.json', url: 'https://api.example.com' },
      undefined,
      'upstream.address_refused',
    ],
    [
      'a document of something else',
      { url: 'https://api.example.com' },
      'swagger: "2.0"',
      'upstream.document_invalid',
    ],
    [
      'a key in clear',
      { url: 'https://api.example.com', query: { api_key: 'abc' } },
      API_DOCUMENT,
      'upstream.settings_invalid',
    ],
    [
      'a password in clear',
      { url: 'https://api.example.com', basic: { username: 'a', password: 'b' } },
      API_DOCUMENT,
      'upstream.settings_invalid',
    ],
    [
      'a query in the address',
      { url: 'https://api.example.com/?a=b' },
      API_DOCUMENT,
      'upstream.settings_invalid',
    ],
    ['an address nobody said', {}, API_DOCUMENT, 'upstream.settings_invalid'],
  ])('refuses %s', async (_, settings, document, code) => {
    const { gateway } = scene();
    const input = {
      name: 'refused',
      kind: 'http',
      settings,
      ...(document === undefined ? {} : { document }),
    };
    expect((await gateway.operator('POST', '/v1/upstreams', input)).json).toMatchObject({ code });
  });
});

describe('http.credentials', () => {
  it.each([
    ['query', { query: { api_key: '{secret:shop-key}' } }],
    ['basic', { basic: { username: 'shop', password: '{secret:shop-key}' } }],
    ['bearer', { headers: { authorization: 'Bearer {secret:shop-key}' } }],
  ])('go out as %s, and do not come back', async (name, credential) => {
    const { gateway, api } = scene();
    const settings = { url: api.url, documentUrl: api.documentUrl, allowPrivate: true, ...credential };
    const headers = {
      ...('headers' in credential ? credential.headers : {}),
      'x-api-key': '{secret:shop-key}',
    };
    requireDone(
      await gateway.operator('POST', '/v1/upstreams', {
        name,
        kind: 'http',
        settings: { ...settings, headers },
      }),
    );
    // Tools as another upstream has them already are held, also where both are ours.
    await acceptTool(gateway, name, 'listCustomers');
    const caller = await gateway.enrol();
    const token = await caller.agent.token({ task: caller.task, resource: [`${gateway.url}/http/${name}`] });
    const reply = await callApi(gateway, caller, 'GET', `${name}/customers?limit=1`, { token });
    expect(reply.status, reply.body).toBe(200);
    const { url, headers: sent } = api.requests.at(-1) ?? { url: '', headers: { authorization: '' } };
    const basic = `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}`;
    const expected = {
      query: [`/v1/customers?limit=1&api_key=${SECRET}`, undefined],
      basic: [undefined, basic],
      bearer: [undefined, `Bearer ${SECRET}`],
    };
    const [path, authorization] = expected[name as keyof typeof expected];
    expect(url).toBe(path ?? '/v1/customers?limit=1');
    expect(sent.authorization).toBe(authorization);
    expect(reply.body).not.toContain(SECRET);
  });
});
