import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { generateAgentKey } from './agent-key.ts';
import { createGovernedFetch } from './governed-fetch.ts';
import { TokenClient } from './token-client.ts';

const issuer = 'https://gate.test';
const endpoint = `${issuer}/mcp/shop`;
let sent: { url: string; init: RequestInit; headers: Headers }[];
let answer: (url: string, count: number) => Response;
let governed: typeof fetch;
let expiresIn: number;

beforeEach(async () => {
  sent = [];
  expiresIn = 300;
  answer = () => Response.json({ ok: true });
  const send: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    sent.push({ url, init, headers: new Headers(init.headers) });
    if (url.endsWith('/oauth/token'))
      return Response.json({
        access_token: `token-${sent.length}`,
        token_type: 'DPoP',
        expires_in: expiresIn,
      });
    return answer(url, sent.filter((one) => one.url === url).length);
  };
  const { key } = await generateAgentKey();
  const client = new TokenClient({ issuer, agentId: 'agt_1', key, fetch: send });
  governed = createGovernedFetch(client, { resources: [endpoint], task: 'tsk_1' }, send);
});

const calls = () => sent.filter(({ url }) => url === endpoint);
const tokens = () => sent.filter(({ url }) => url.endsWith('/oauth/token'));
const post = () => governed(endpoint, { method: 'POST', body: '{"a":1}' });

describe('the governed fetch', () => {
  test('carries the token of the task and a new proof on each request', async () => {
    await post();
    await post();
    expect(tokens()).toHaveLength(1);
    const form = new URLSearchParams(String(tokens()[0]?.init.body));
    expect(form.getAll('resource')).toEqual([endpoint]);
    expect(JSON.parse(form.get('authorization_details') ?? '')).toEqual([
      { type: 'agent_task', task: 'tsk_1' },
    ]);
    const [one, two] = calls().map(({ headers }) => decodeJwt(headers.get('dpop') ?? ''));
    expect(calls()[0]?.headers.get('authorization')).toMatch(/^DPoP token-/);
    expect(one?.jti).not.toBe(two?.jti);
  });

  test('answers a nonce challenge once, with the same body, and then gives the answer as it is', async () => {
    answer = (_url, count) =>
      count === 1
        ? new Response('', { status: 401, headers: { 'dpop-nonce': 'n1' } })
        : Response.json({ ok: true });
    expect((await post()).status).toBe(200);
    expect(calls().map(({ init }) => Buffer.from(init.body as ArrayBuffer).toString())).toEqual([
      '{"a":1}',
      '{"a":1}',
    ]);
    expect(decodeJwt(calls()[1]?.headers.get('dpop') ?? '')).toMatchObject({ nonce: 'n1' });
    answer = () => new Response('', { status: 401, headers: { 'dpop-nonce': 'again' } });
    expect((await post()).status).toBe(401);
    expect(calls()).toHaveLength(4);
  });

  test('sends credentials to the issuer alone and follows no redirect', async () => {
    await expect(governed('https://evil.test/mcp/shop', { method: 'POST' })).rejects.toThrow(TypeError);
    await expect(governed('http://gate.test/mcp/shop', { method: 'POST' })).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
    await post();
    expect(sent.every(({ init }) => init.redirect === 'error')).toBe(true);
  });

  test('renews a token before it runs out, and asks once for calls at the same time', async () => {
    expiresIn = 1;
    await post();
    await post();
    expect(tokens()).toHaveLength(2);
    expiresIn = 300;
    await Promise.all([post(), post(), post()]);
    expect(tokens()).toHaveLength(3);
  });

  test('gives up on a token that is refused, and asks anew next time', async () => {
    const good = answer;
    let refuse = true;
    const client = new TokenClient({
      issuer,
      agentId: 'agt_1',
      key: (await generateAgentKey()).key,
      fetch: async () =>
        refuse
          ? Response.json(
              { error: 'invalid_grant', error_description: 'over', code: 'task.not_open' },
              { status: 400 },
            )
          : Response.json({ access_token: 't', token_type: 'DPoP', expires_in: 300 }),
    });
    const other = createGovernedFetch(client, { resources: [endpoint] }, async () => good(endpoint, 1));
    await expect(other(endpoint)).rejects.toMatchObject({ code: 'task.not_open', status: 400 });
    refuse = false;
    expect((await other(endpoint)).status).toBe(200);
  });
});
