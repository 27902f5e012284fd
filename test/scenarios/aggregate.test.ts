import {
  type ApiUpstream,
  createSessionClient,
  mcpRequest,
  startApiUpstream,
  startEverythingUpstream,
  type Upstream,
} from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { connectClient } from './ground/connect-client.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { exchange, passOn, registerAgent } from './ground/enrol-chain.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { requireDone, SECRET, useScene } from './ground/use-scene.ts';

const scene = useScene();
const policy = `
@id("all") permit (principal, action, resource);
@id("no-files") forbid (principal, action == Countersign::Action::"api/readFile", resource);
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"shop/pay", resource);
`;
let api: ApiUpstream;
let everything: Upstream;
let url = '';
beforeAll(async () => {
  const { gateway } = scene();
  api = await startApiUpstream({ requireHeader: { name: 'x-api-key', value: SECRET } });
  everything = await startEverythingUpstream();
  await gateway.addUpstream('api', { api, headers: { 'x-api-key': '{secret:shop-key}' } });
  await gateway.addUpstream('every-thing', { url: everything.url });
  requireDone(await gateway.activatePolicy(policy));
  url = `${gateway.url}/mcp`;
}, 60_000);
afterAll(async () => {
  await api?.close();
  await everything?.close();
});

async function enrol(limits: object = {}) {
  const { gateway } = scene();
  const enrolled = await gateway.enrol();
  const { id: task } = await enrolled.agent.openTask({
    delegationId: enrolled.delegation,
    purpose: 'A test',
    limits,
  });
  const token = await enrolled.agent.token({ task, resource: [url] });
  return createCaller({ ...enrolled, task, token }, url);
}

async function listNames(caller: Awaited<ReturnType<typeof enrol>>): Promise<readonly string[]> {
  const names: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const reply = await caller.send(mcpRequest('tools/list', cursor === undefined ? {} : { cursor }));
    const { result } = reply.json as { result: { tools: { name: string }[]; nextCursor?: string } };
    names.push(...result.tools.map(({ name }) => name));
    cursor = result.nextCursor;
    if (cursor === undefined) return names;
  }
}

describe('aggregate.tools', () => {
  it('of every upstream are one list, for an unmodified client, and lead where they belong', async () => {
    const { gateway, upstream } = scene();
    const { client, enrolled } = await connectClient(gateway, url);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['api__getCustomer', 'every-thing__greet', 'shop__echo']));
    expect(names).not.toContain('api__readFile');
    expect(new Set(names).size).toBe(names.length);
    const echoed = await client.callTool({ name: 'shop__echo', arguments: { text: 'hi' } });
    expect(echoed.content).toEqual([{ type: 'text', text: '{"text":"hi"}' }]);
    expect(upstream.journal.calls('echo').at(-1)?.headers['mcp-name']).toBe('echo');
    const got = await client.callTool({ name: 'api__getCustomer', arguments: { path: { id: 7 } } });
    expect(got).toMatchObject({ structuredContent: { path: '/v1/customers/7' } });
    await client.close();
    // Records and policies know upstreams and tools, and no prefix.
    const { intent } = await readEvidence(gateway, {
      agent: enrolled.agent.agentId,
      tool: 'api/getCustomer',
    });
    expect(intent).toMatchObject({ upstream: 'api', tool: 'getCustomer', body: { target: 'getCustomer' } });
    for (const kind of ['action.intent', 'action.decision'])
      expect(JSON.stringify(await gateway.records({ kind, agent: enrolled.agent.agentId }))).not.toMatch(
        /(?:api|shop|every-thing)__/,
      );
  });

  it('are those that the caller could use, in the same order every time', async () => {
    const { gateway } = scene();
    const some = await enrol({ upstreams: ['shop'] });
    expect(await listNames(some)).toEqual(['shop__echo', 'shop__pay']);
    expect(readRefusal(await some.call('api__getCustomer', { path: { id: 7 } }))).toBe(
      'action.not_in_limits',
    );
    const all = await enrol();
    const before = await listNames(all);
    await gateway.restart();
    expect(await listNames(await enrol())).toEqual(before);
  });

  it('are asked for and refused by the very same rules', async () => {
    const { gateway, upstream } = scene();
    const caller = await enrol();
    const before = upstream.journal.calls('pay').length;
    const payment = { to: 'DE00 1234', amount: 1, currency: 'EUR' };
    const asked = await caller.call('shop__pay', payment);
    const id = /PENDING (apr_\w+)/.exec(readText(asked))?.[1] ?? '';
    const approver = await gateway.invite('Grace', ['approver']);
    expect((await approver.decide(id, 'approve')).status).toBe(200);
    expect(upstream.journal.calls('pay').length).toBe(before);
    expect(isResult(await caller.call('shop__pay', payment))).toBe(true);
    for (const name of [
      'echo',
      'shop/echo',
      'shop__nothing',
      'nobody__echo',
      '*__echo',
      'shop_-echo-x',
      'api__readFile',
    ])
      expect(['action.tool_unknown', 'action.arguments_invalid', 'action.denied']).toContain(
        readRefusal(await caller.call(name, {})),
      );
  });

  it('have sessions for clients of earlier revisions, whose questions find their way back', async () => {
    const enrolled = await enrol();
    const client = await createSessionClient({ ...enrolled, url, capabilities: { elicitation: {} } });
    expect(client.server).toMatchObject({ serverInfo: { name: 'countersign' }, capabilities: { tools: {} } });
    const listed = await client.ask('tools/list');
    expect(JSON.stringify(listed.result)).toContain('every-thing__greet');
    const greeted = await client.ask('tools/call', {
      name: 'every-thing__greet',
      arguments: { name: 'Ada' },
    });
    expect(JSON.stringify(greeted.result)).toContain('Hello, Ada!');
    const stream = await client.request(
      'tools/call',
      { name: 'every-thing__test_elicitation', arguments: { message: 'who?' } },
      'q',
    );
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    const question = stream.events.at(-1)?.message;
    expect(question).toMatchObject({ method: 'elicitation/create' });
    await client.answer(question?.id, {
      result: { action: 'accept', content: { username: 'ada', email: 'a@b.example' } },
    });
    expect(JSON.stringify(await stream.message())).toContain('accept');
    expect((await client.send({ method: 'DELETE' })).status).toBe(204);
  });
});

describe('aggregate.own-audience', () => {
  it('takes no token for one upstream, and its own opens no other door', async () => {
    const { gateway } = scene();
    const enrolled = await gateway.enrol();
    const one = await enrolled.agent.token({ task: enrolled.task, resource: [`${gateway.url}/mcp/shop`] });
    const every = await enrolled.agent.token({ task: enrolled.task, resource: [url] });
    expect(decodeJwt(every).aud).toEqual([url]);
    const refused = await createCaller({ ...enrolled, token: one }, url).call('shop__echo', { text: 'hi' });
    expect(refused.status).toBe(401);
    expect(readRefusal(refused)).toBe('token.audience_mismatch');
    const metadata = /resource_metadata="([^"]+)"/.exec(refused.headers['www-authenticate'] ?? '')?.[1] ?? '';
    expect(await (await fetch(metadata)).json()).toMatchObject({ resource: url });
    const elsewhere = createCaller({ ...enrolled, token: every }, `${gateway.url}/mcp/shop`);
    expect(readRefusal(await elsewhere.call('echo', { text: 'hi' }))).toBe('token.audience_mismatch');
  });

  it('is not got in exchange for a token for one upstream, but the other way round', async () => {
    const { gateway } = scene();
    const giver = await gateway.enrol({ limits: { depth: 1 } });
    const helper = await registerAgent(gateway, 'helper-of-all');
    requireDone(await passOn(gateway, giver.agent, helper, { taskId: giver.task }));
    const one = await giver.agent.token({ task: giver.task, resource: [`${gateway.url}/mcp/shop`] });
    const widened = await exchange(helper, one, { resource: url });
    expect(widened.json).toMatchObject({ code: 'token.target_invalid' });
    const every = await giver.agent.token({ task: giver.task, resource: [url] });
    const narrowed = await exchange(helper, every, { resource: `${gateway.url}/mcp/shop` });
    expect(narrowed.status, narrowed.body).toBe(200);
    const kept = await exchange(helper, every, { resource: url });
    expect(kept.status, kept.body).toBe(200);
    const { access_token: token } = kept.json as { access_token: string };
    const caller = createCaller({ ...giver, agent: helper, token }, url);
    expect(isResult(await caller.call('shop__echo', { text: 'hi' }))).toBe(true);
  });
});
