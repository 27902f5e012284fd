import { afterEach, expect, it } from 'vitest';
import { makeAgentKey } from '../keys/make-agent-key.ts';
import { makeClientAssertion } from '../keys/make-client-assertion.ts';
import { startPlainUpstream } from '../upstreams/start-plain-upstream.ts';
import { startNaiveGateway } from './start-naive-gateway.ts';

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function ground() {
  const secret = { header: 'x-api-key', value: 'sk-1' };
  const upstream = await startPlainUpstream({ requireHeader: { name: secret.header, value: secret.value } });
  const gateway = await startNaiveGateway({
    upstreams: { shop: { url: upstream.url, secret } },
    allow: { agt_1: ['shop/echo', 'shop/pay'] },
    ask: ['shop/pay'],
  });
  running.push(upstream, gateway);
  const key = await makeAgentKey();
  gateway.registerAgent('agt_1', key.publicJwk);
  const assertion = await makeClientAssertion({ key, clientId: 'agt_1', audience: gateway.url });
  const form = new URLSearchParams({ client_assertion: assertion });
  const issued = await (await fetch(`${gateway.url}/token`, { method: 'POST', body: form })).json();
  const call = (name: string, args: object) =>
    fetch(`${gateway.url}/mcp/shop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${issued.access_token}` },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args },
      }),
    });
  return { upstream, gateway, call };
}

it('does the main job: signs in, keeps the list, adds the secret, forwards', async () => {
  const { upstream, call } = await ground();
  expect(await (await call('echo', { text: 'hi' })).json()).toMatchObject({ id: 1, result: {} });
  expect(upstream.journal.calls('echo')).toMatchObject([{ headers: { 'x-api-key': 'sk-1' } }]);
  expect((await call('wipe', {})).status).toBe(403);
  expect(upstream.journal.calls('wipe')).toHaveLength(0);
});

it('asks before it pays, stops who is stopped', async () => {
  const { upstream, gateway, call } = await ground();
  const asked = await (await call('pay', { to: 'a', amount: 1, currency: 'EUR' })).json();
  expect(upstream.journal.calls('pay')).toHaveLength(0);
  await fetch(gateway.url + asked.pending);
  expect((await call('pay', { to: 'a', amount: 1, currency: 'EUR' })).status).toBe(200);
  gateway.stop('agt_1');
  expect((await call('echo', { text: 'hi' })).status).toBe(403);
});
