import { decodeJwt } from 'jose';
import { afterEach, expect, it } from 'vitest';
import { makeAgentKey } from '../keys/make-agent-key.ts';
import { startHttpUpstream, type Upstream } from '../upstreams/start-http-upstream.ts';
import { sendJson } from '../upstreams/start-plain-upstream.ts';
import { createRawAgent } from './create-raw-agent.ts';
import { toolCall } from './mcp-message.ts';

let server: Upstream;
afterEach(() => server.close());

/** Demands a nonce of every proof, as RFC 9449 section 8 has it. */
async function demanding() {
  server = await startHttpUpstream((request, response) => {
    const proofs = request.headersDistinct.dpop ?? [];
    response.setHeader('dpop-nonce', 'nonce-1');
    if (proofs.length === 1 && decodeJwt(proofs[0] ?? '').nonce !== 'nonce-1') {
      return sendJson(response, { error: 'use_dpop_nonce' }, 400);
    }
    sendJson(response, { access_token: 'a-token', proofs: proofs.length });
  });
  const key = await makeAgentKey();
  return createRawAgent({ issuer: new URL(server.url).origin, agentId: 'agt_1', key });
}

it('follows a demand for a nonce once and keeps the nonce', async () => {
  const agent = await demanding();
  expect(await agent.token()).toBe('a-token');
  expect(await agent.token()).toBe('a-token');
  expect(server.journal.entries).toHaveLength(3);
});

it('sends just what it is told when it is told to be wrong', async () => {
  const agent = await demanding();
  const { message, headers } = toolCall('echo', { text: 'hi' });
  const call = { url: server.url, token: 'a-token', message, headers };
  expect((await agent.send({ ...call, nonce: null })).status).toBe(400);
  expect(server.journal.entries).toHaveLength(1);
  const twice = await agent.send({ ...call, proofs: ['one', 'two'] });
  expect(twice.json).toMatchObject({ proofs: 2 });
  await agent.send({ ...call, scheme: 'Bearer' });
  expect(server.journal.entries.at(-1)?.headers).toMatchObject({ authorization: 'Bearer a-token' });
  expect(server.journal.entries.at(-1)?.headers).not.toHaveProperty('dpop');
});
