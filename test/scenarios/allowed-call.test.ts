import { everythingProgram, mcpRequest, startPlainUpstream } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { SECRET, useScene } from './ground/use-scene.ts';

const scene = useScene({
  upstream: () => startPlainUpstream({ requireHeader: { name: 'x-api-key', value: SECRET } }),
});

describe('action.allowed', () => {
  let caller: Caller;
  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
  });

  it('goes from token to upstream and back, with a key that the agent never sees', async () => {
    const { upstream } = scene();
    const reply = await caller.call('echo', { text: 'hello' });
    expect(isResult(reply), reply.body).toBe(true);
    expect(JSON.parse(readText(reply))).toEqual({ text: 'hello' });
    expect(reply.body).not.toContain(SECRET);
    const [arrived] = upstream.journal.calls('echo');
    expect(arrived).toMatchObject({ arguments: { text: 'hello' }, headers: { 'x-api-key': SECRET } });
    // The agent's own credentials are for the gateway and go no further.
    expect(arrived?.headers).not.toHaveProperty('authorization');
    expect(arrived?.headers).not.toHaveProperty('dpop');
    expect(JSON.stringify(arrived)).not.toContain(caller.token);
  });

  it('leaves every step in the ledger, each linked to what caused it', async () => {
    const { gateway } = scene();
    const { agentId: agent, task, delegation } = caller;
    const { intent, decision, outcome } = await readEvidence(gateway, { agent, tool: 'shop/echo' });
    const one = async (kind: string, filter: object) => (await gateway.records({ kind, ...filter }))[0];
    const registered = await one('agent.registered', { agent });
    const delegated = await one('delegation.created', { delegation });
    const opened = await one('task.opened', { task });
    const signedIn = (await gateway.records({ kind: 'token.issued', agent })).at(-1);
    const issued = await one('token.issued', { task });
    expect(delegated?.causes).toEqual([registered?.id]);
    expect(signedIn).toMatchObject({ causes: [registered?.id], body: { use: 'control' } });
    expect(opened?.causes).toEqual([delegated?.id]);
    expect(issued).toMatchObject({ causes: [opened?.id], body: { use: 'task' } });
    expect(intent.causes).toEqual([opened?.id]);

    const person = gateway.administrator.id;
    const known = { agent, key: caller.agent.key.thumbprint, task, person, chain: [delegation] };
    const action = { ...known, action: intent.action, upstream: 'shop', tool: 'echo' };
    expect(intent).toMatchObject({ ...action, body: { arguments: { text: 'hello' } } });
    expect(decision).toMatchObject({ ...action, body: { effect: 'allow', policies: ['test:all'] } });
    const activated = await one('policy.activated', {});
    expect(decision.policyVersion).toBe(activated?.policyVersion);
    expect(outcome).toMatchObject({ ...action, body: { status: 'completed', redactions: 0 } });
    const trail = JSON.stringify(await gateway.records());
    for (const secret of [SECRET, caller.token]) expect(trail).not.toContain(secret);
  });

  it('sees the tools that its caller could call, and the list is for it alone', async () => {
    const reply = await caller.send(mcpRequest('tools/list'));
    const { result } = reply.json as { result: { tools: readonly { name: string }[]; cacheScope: string } };
    expect(result.tools.map(({ name }) => name)).toEqual(['echo', 'pay']);
    expect(result.cacheScope).toBe('private');
  });

  it('reaches a program as it reaches a server', async () => {
    const { gateway } = scene();
    const url = await gateway.addUpstream('local', { program: everythingProgram() });
    const here = createCaller(await gateway.enrol(), url);
    const reply = await here.call('greet', { name: 'Ada' });
    expect(readText(reply)).toBe('Hello, Ada!');
    const { outcome } = await readEvidence(gateway, { agent: here.agentId, tool: 'local/greet' });
    expect(outcome).toMatchObject({ body: { status: 'completed' } });
  });
});

describe('action.default-task', () => {
  it('is opened for a client that names none, and ends with its token', async () => {
    const { gateway, url } = scene();
    const enrolled = await gateway.enrol({ isDefault: true });
    const { agent, delegation } = enrolled;
    const reply = await agent.requestToken({ resource: [url] });
    const issued = reply.json as { access_token: string; authorization_details: { task: string }[] };
    const task = issued.authorization_details[0]?.task ?? '';
    expect(task).not.toBe(enrolled.task);
    const caller = createCaller({ ...enrolled, task, token: issued.access_token }, url);
    expect(isResult(await caller.call('echo', { text: 'by default' }))).toBe(true);
    const { intent } = await readEvidence(gateway, { agent: agent.agentId });
    expect(intent).toMatchObject({ task, chain: [delegation] });
    const opened = await waitForRecord(gateway, 'task.opened', { task });
    expect(opened).toMatchObject({ body: { isDefault: true } });

    gateway.advance(301_000);
    expect(readRefusal(await caller.call('echo', { text: 'later' }))).toBe('token.expired');
    const ended = await waitForRecord(gateway, 'task.ended', { task });
    expect(ended.causes).toEqual([opened.id]);
  });

  it('is not there for an agent without a default delegation', async () => {
    const { gateway, url } = scene();
    const { agent } = await gateway.enrol();
    const reply = await agent.requestToken({ resource: [url] });
    expect(reply.json).toMatchObject({ code: 'token.task_needed' });
  });
});
