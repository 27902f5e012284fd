import { Agent, CountersignError, generateAgentKey, type TaskFacts } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';
import { startEverythingUpstream, startGateway, type TestGateway, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.each(['ES256', 'EdDSA'] as const)('agent.sdk with a key for %s', (algorithm) => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let agent: Agent;
  let stranger: Agent;
  beforeAll(async () => {
    upstream = await startEverythingUpstream();
    gateway = await startGateway();
    await gateway.addUpstream('everything', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const classification = { effects: ['read'], dataDomain: 'tests' };
    await gateway.operator('PUT', '/v1/upstreams/everything/tools/greet/classification', classification);
    const { key } = await generateAgentKey(algorithm);
    const body = {
      name: 'sdk-bot',
      ownerId: gateway.administrator.id,
      purpose: 'Tests',
      environment: 'development',
    };
    const { json } = await gateway.operator('POST', '/v1/agents', { ...body, jwk: key.publicJwk });
    const { id: agentId } = json as { id: string };
    await gateway.operator('POST', '/v1/delegations', {
      agentId,
      fromPersonId: gateway.administrator.id,
      purpose: 'Tests',
      isDefault: true,
      limits: {
        upstreams: '*',
        actions: ['*'],
        effects: ['read'],
        expiresAt: Date.now() + 3_600_000,
      },
    });
    agent = await Agent.create({ url: gateway.url, agentId, key });
    stranger = await Agent.create({ url: gateway.url, agentId, key: (await generateAgentKey()).key });
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('opens a task, works in it with the official client, and ends it', async () => {
    const task = await agent.openTask({ purpose: 'A greeting', prompt: 'Greet Ada' });
    const client = await connectMcp(task, 'everything');
    const { content } = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    expect((await agent.listTasks()).map(({ id }: TaskFacts) => id)).toContain(task.id);
    await task.end();
    const late = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(JSON.stringify(late)).toContain('REFUSED task.not_open');
    await client.close();
    const kinds = (await gateway.records({ task: task.id })).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['task.opened', 'token.issued', 'action.outcome', 'task.ended']),
    );
  });

  it('ends the task that a block used, also when the block fails', async () => {
    let id = '';
    const work = async () => {
      await using task = await agent.openTask({ purpose: 'To fail' });
      id = task.id;
      throw new Error('as planned');
    };
    await expect(work()).rejects.toThrow('as planned');
    expect((await gateway.records({ task: id, kind: 'task.ended' })).length).toBe(1);
  });

  it('says with a code why something is refused', async () => {
    const refused = stranger.openTask({ purpose: 'With a key nobody registered' });
    await expect(refused).rejects.toThrow(CountersignError);
    await expect(refused).rejects.toMatchObject({ code: 'token.client_assertion_invalid' });
    const wider = agent.openTask({ purpose: 'Too much', limits: { effects: ['read', 'spend'] } });
    await expect(wider).rejects.toMatchObject({ code: 'task.exceeds_delegation', status: 403 });
    await expect(agent.openTask({ purpose: '' })).rejects.toMatchObject({ code: 'server.request_invalid' });
  });
});
