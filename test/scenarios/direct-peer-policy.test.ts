import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, PeerPolicy, type Task, verifyCaller, watchCaller } from '@countersign/sdk';
import { describeAgent, type EnrolledAgent, makeAgentKey } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDone, useScene } from './ground/use-scene.ts';

const POLICY = `
@id("all") permit (principal, action, resource);
@id("no-corrections") forbid (principal, action == Countersign::Action::"peer/message.correct", resource);
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"peer/message", resource);
@id("clean") forbid (principal, action == Countersign::Action::"peer/message.lookup", resource)
when { context.task.labels.trust == "untrusted" };
`;

const scene = useScene();
const ends: (() => void)[] = [];
let callee: Callee;
let confirm: string;
let policy: PeerPolicy;

interface Callee {
  readonly url: string;
  /** What ended the answers that went on, in order. */
  readonly cuts: string[];
}

/** An agent that is called without a gateway: `/stream` answers without an end, everything else at once. */
async function startCallee(): Promise<Callee> {
  const cuts: string[] = [];
  const server = createServer((request, response) => {
    const headers = new Headers(Object.entries(request.headers) as [string, string][]);
    const seen = { method: request.method ?? '', url: `${address}${request.url}`, headers };
    const options = { issuer: scene().gateway.url, audience: address, confirm };
    const refuse = ({ code, message }: { code: string; message: string }) =>
      response.writeHead(403).end(JSON.stringify({ code, message }));
    if (request.url === '/.well-known/agent-card.json') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(describeAgent(address)));
      return;
    }
    if (request.url !== '/stream') {
      const answer = async () => {
        const caller = await verifyCaller(seen, options);
        let text = '';
        for await (const chunk of request) text += String(chunk);
        await policy.require(caller, { parts: [{ text }] });
        response.writeHead(200).end(JSON.stringify(caller));
      };
      answer().catch(refuse);
      return;
    }
    const stream = async () => {
      using watched = await watchCaller(seen, options);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: begun\n\n');
      await new Promise<void>((resolve) => {
        watched.signal.addEventListener('abort', () => resolve());
        response.once('close', resolve);
      });
      cuts.push(String((watched.signal.reason as { code?: string } | undefined)?.code));
      response.destroy();
    };
    stream().catch(refuse);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: address, cuts };
}

beforeAll(async () => {
  const { gateway } = scene();
  callee = await startCallee();
  await gateway.addUpstream('peer', { peer: { url: callee.url, direct: true } });
  requireDone(await gateway.activatePolicy(POLICY));
  // Else its answers alone would taint whoever calls it.
  const resultLabels = { trust: 'trusted', sensitivity: 'public', audience: 'anyone', fields: [] };
  const path = '/v1/upstreams/peer/tools/message.lookup/classification';
  const classified = { effects: ['read'], dataDomain: 'peer', resultLabels };
  requireDone(await gateway.operator('PUT', path, classified));
  const added = await gateway.operator('POST', '/v1/tokens/introspection-clients', {
    ...{ name: 'callee', upstreams: ['peer'] },
  });
  confirm = requireDone<{ token: string }>(added).token;
  const key = await makeAgentKey();
  const { alg: _, ...jwk } = key.publicJwk;
  const point = await gateway.operator('POST', '/v1/tokens/enforcement-points', {
    ...{ name: 'callee', keys: [jwk], upstreams: ['peer'], types: [], binding: 'dpop' },
  });
  const { id: pointId } = requireDone<{ id: string }>(point);
  const { privateJwk } = key;
  policy = await PeerPolicy.create({ issuer: gateway.url, pointId, key: privateJwk, upstream: 'peer' });
}, 60_000);
afterAll(() => {
  for (const end of ends) end();
});

async function enrol(): Promise<{ readonly enrolled: EnrolledAgent; readonly task: Task }> {
  const { gateway } = scene();
  const enrolled = await gateway.enrol();
  const { agentId, key } = enrolled.agent;
  const agent = await Agent.create({ url: gateway.url, agentId, key: key.privateJwk });
  return {
    enrolled,
    task: await agent.openTask({ purpose: 'To call a peer', delegationId: enrolled.delegation }),
  };
}

const callEcho = {
  ...{ name: 'echo', arguments: { text: 'what a stranger wrote' } },
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const mcpHeaders = {
  ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' },
};

const say = (task: Task, skill = 'lookup') =>
  task.fetchPeer(callee.url, { skill })(`${callee.url}/rpc`, { method: 'POST', body: 'hello' });

describe('a peer agent that is called without the gateway, under its policy', () => {
  it('peer.direct-decided: a token is issued only for what policy permits, without a person', async () => {
    const { task, enrolled } = await enrol();
    const reply = await say(task);
    expect(await reply.json()).toMatchObject({ skill: 'lookup', task: task.id });
    await expect(say(task, 'correct')).rejects.toMatchObject({ code: 'action.denied' });
    await expect(say(task, 'unknown')).rejects.toMatchObject({ code: 'action.tool_unknown' });
    // Nobody could be asked about messages that do not pass here.
    const whole = task.fetchPeer(callee.url)(`${callee.url}/rpc`, { method: 'POST', body: 'hello' });
    await expect(whole).rejects.toMatchObject({ code: 'action.denied' });
    const issued = await scene().gateway.records({ kind: 'token.issued', task: task.id });
    const direct = expect.objectContaining({ upstream: 'peer', tool: 'message.lookup' });
    const own = issued.map(({ body }) => body as { direct?: object; expiresAt: number });
    expect(own).toContainEqual(expect.objectContaining({ direct, audience: [callee.url] }));
    const refused = await scene().gateway.records({
      kind: 'token.refused',
      agent: enrolled.agent.agentId,
    });
    expect(refused.map(({ body }) => (body as { reason: string }).reason)).toContain('action.denied');
  });

  it('peer.direct-messages: policy decides on each message, by what the caller has read since', async () => {
    const { task } = await enrol();
    expect((await say(task)).status).toBe(200);
    const governed = task.fetchPeer(callee.url, { skill: 'lookup' });
    const send = () => governed(`${callee.url}/rpc`, { method: 'POST', body: 'again' });
    expect((await send()).status).toBe(200);
    const shop = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: callEcho };
    const read = await task.fetchFor('shop')(task.endpoint('shop'), {
      method: 'POST',
      headers: mcpHeaders,
      body: JSON.stringify(shop),
    });
    expect(read.status, await read.text()).toBe(200);
    // The token is as good as before; the message is not.
    expect(await (await send()).json()).toMatchObject({ code: 'action.denied' });
    const decided = await scene().gateway.records({ kind: 'action.decision', task: task.id });
    expect(decided.length).toBeGreaterThanOrEqual(3);
  });

  it.each<readonly [string, (it: { enrolled: EnrolledAgent; task: Task }) => Promise<unknown>]>([
    ['its task ends', ({ task }) => task.end()],
    [
      'the agent is stopped',
      ({ enrolled: { agent } }) =>
        scene().gateway.operator('POST', '/v1/signals', {
          ...{ scope: 'agent', target: agent.agentId, reason: 'Drill' },
        }),
    ],
    [
      'the delegation is revoked',
      ({ enrolled }) => scene().gateway.operator('POST', `/v1/delegations/${enrolled.delegation}/revoke`),
    ],
  ])('peer.direct-cut: a stream under way is cut when %s', async (_name, cut) => {
    const [one, other] = [await enrol(), await enrol()];
    const open = ({ task }: { task: Task }) =>
      task.fetchPeer(callee.url, { skill: 'lookup' })(`${callee.url}/stream`, { method: 'POST', body: '' });
    const [stream, spared] = [await open(one), await open(other)];
    const [reader, beside] = [stream.body?.getReader(), spared.body?.getReader()];
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('begun');
    await beside?.read();
    const before = callee.cuts.length;
    await cut(one);
    await expect(reader?.read()).rejects.toThrow();
    await expect.poll(() => callee.cuts.slice(before)).toEqual(['token.revoked']);
    await expect(say(one.task)).rejects.toThrow();
    expect((await say(other.task)).status).toBe(200);
    await beside?.cancel();
  });
});
