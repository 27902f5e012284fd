import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type VerifiedCaller, verifyCaller } from '@countersign/sdk';
import { type EnrolledAgent, makeAgentKey, startPeerAgent } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
let enrolled: EnrolledAgent;
let callee: { readonly url: string; close(): void };

/** An agent that is called without a gateway, and believes nobody who has not shown who they are. */
async function startCallee() {
  const server = createServer((request, response) => {
    const headers = new Headers();
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      headers.append(request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '');
    const seen = { method: request.method ?? '', url: `${address}${request.url}`, headers };
    verifyCaller(seen, { issuer: scene().gateway.url, audience: address }).then(
      (caller) => response.writeHead(200).end(JSON.stringify(caller)),
      ({ code, message }) => response.writeHead(401).end(JSON.stringify({ code, message })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: address, close: () => server.close() };
}

beforeAll(async () => {
  callee = await startCallee();
  const { gateway } = scene();
  const card = await startPeerAgent();
  const settings = { url: card.url, direct: true, allowPrivate: true };
  requireDone(
    await gateway.operator('POST', '/v1/upstreams', {
      name: 'closed',
      kind: 'a2a',
      settings: { ...settings, direct: false },
    }),
  );
  requireDone(await gateway.operator('POST', '/v1/upstreams', { name: 'peer', kind: 'a2a', settings }));
  await card.close();
  enrolled = await gateway.enrol();
  peerUrl = card.url;
}, 60_000);
afterAll(() => callee.close());

let peerUrl = '';

async function call(token: string): Promise<unknown> {
  const proof = await enrolled.agent.proof({ url: `${callee.url}/`, token, nonce: null });
  const headers = { authorization: `DPoP ${token}`, dpop: proof };
  return (await fetch(`${callee.url}/`, { method: 'POST', headers })).json();
}

describe('a peer agent that is called without the gateway', () => {
  it('peer.direct: gets a token for itself alone, which only its own operator allows', async () => {
    const { agent, task } = enrolled;
    const asked = await agent.requestToken({ task, resource: [peerUrl] });
    expect(asked.status, asked.body).toBe(200);
    const token = (asked.json as { access_token: string }).access_token;
    const url = `${scene().gateway.url}/a2a/peer`;
    const message = { jsonrpc: '2.0', id: 1, method: 'ListTasks', params: {} };
    const here = await agent.send({
      url,
      token,
      message,
      headers: { 'a2a-version': '1.0', 'content-type': 'application/json' },
    });
    expect(here.status).toBe(401);
    for (const resource of [[`${peerUrl}/`], [callee.url], [peerUrl, `${scene().gateway.url}/mcp/shop`]]) {
      const refused = await agent.requestToken({ task, resource });
      expect([refused.status, refused.json]).toEqual([
        400,
        expect.objectContaining({ error: 'invalid_target' }),
      ]);
    }
    const narrow = await scene().gateway.enrol({ limits: { upstreams: ['shop'] } });
    const beyond = await narrow.agent.requestToken({ task: narrow.task, resource: [peerUrl] });
    expect(beyond.status).toBe(400);
  });

  it('peer.caller-verified: knows who calls, for whom, under which chain and for which task', async () => {
    const audience = peerUrl;
    const { agent, task, delegation } = enrolled;
    const token = await agent.token({ task, resource: [audience] });
    const url = `${audience}/rpc?x=1`;
    const show = async (more: object = {}, shown = token) => {
      const proof = await agent.proof({ url, htu: `${audience}/rpc`, token: shown, nonce: null, ...more });
      return { method: 'POST', url, headers: new Headers({ authorization: `DPoP ${shown}`, dpop: proof }) };
    };
    const options = { issuer: scene().gateway.url, audience };
    const once = await show();
    const caller: VerifiedCaller = await verifyCaller(once, options);
    expect(caller).toMatchObject({ agent: agent.agentId, subject: agent.agentId, task, chain: [delegation] });
    expect(caller.person).toBe(scene().gateway.administrator.id);
    const codeOf = (attempt: Promise<unknown>) =>
      attempt.then(
        () => 'believed',
        ({ code }) => code,
      );
    expect(await codeOf(verifyCaller(once, options))).toBe('token.proof_replayed');
    expect(await codeOf(verifyCaller(await show({ proofKey: await makeAgentKey('ES256') }), options))).toBe(
      'token.proof_invalid',
    );
    expect(await codeOf(verifyCaller(await show({ htu: `${audience}/other` }), options))).toBe(
      'token.proof_invalid',
    );
    // Issued for the gateway, or for another peer.
    expect(await codeOf(verifyCaller(await show({}, enrolled.token), options))).toBe('token.invalid');
    expect(await codeOf(verifyCaller(await show(), { ...options, audience: callee.url }))).toBe(
      'token.invalid',
    );
    const bearer = { ...(await show()), headers: new Headers({ authorization: `Bearer ${token}` }) };
    expect(await codeOf(verifyCaller(bearer, options))).toBe('token.proof_invalid');
    const twice = await show();
    twice.headers.append('dpop', twice.headers.get('dpop') ?? '');
    expect(await codeOf(verifyCaller(twice, options))).toBe('token.proof_invalid');
  });

  it('peer.caller-verified: a server in a few lines turns away what was issued for somebody else', async () => {
    const token = await enrolled.agent.token({ task: enrolled.task, resource: [peerUrl] });
    expect(await call(token)).toMatchObject({ code: 'token.invalid' });
  });
});
