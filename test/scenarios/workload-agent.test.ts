import { randomUUID } from 'node:crypto';
import { Agent } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';
import {
  type PlatformIssuer,
  startGateway,
  startPlainUpstream,
  startPlatformIssuer,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDone } from './ground/use-scene.ts';
import { writeTrusts } from './ground/write-trusts.ts';

describe('agent.workload', () => {
  const subject = 'system:serviceaccount:billing:refunds';
  let cluster: PlatformIssuer;
  let upstream: Upstream;
  let gateway: TestGateway;
  let agentId: string;
  const ask = async <T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> =>
    requireDone<T>(await gateway.operator(method, path, body));

  beforeAll(async () => {
    cluster = await startPlatformIssuer();
    upstream = await startPlainUpstream();
    const trust = { name: 'cluster', kind: 'kubernetes', issuer: cluster.url, allowPrivate: true };
    gateway = await startGateway({ configFile: writeTrusts([trust]) });
    await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const ownerId = gateway.administrator.id;
    const workload = { trust: 'cluster', subject, facts: { pod: 'refunds-7d' } };
    const about = { name: 'refunds', ownerId, purpose: 'Refund orders', environment: 'development' };
    agentId = (await ask<{ id: string }>('POST', '/v1/agents', { ...about, workload })).id;
    const effects = ['read', 'write', 'spend', 'admin', 'egress'];
    const limits = {
      upstreams: '*',
      actions: ['*'],
      effects,
      spendMinor: 0,
      currency: 'EUR',
      expiresAt: Date.now() + 3_600_000,
    };
    const delegation = { agentId, fromPersonId: ownerId, purpose: 'Refund orders', isDefault: true, limits };
    await ask('POST', '/v1/delegations', delegation);
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    await cluster?.close();
  });

  const projectToken = (pod = 'refunds-7d'): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000);
    const bound = { namespace: 'billing', pod: { name: pod, uid: '9f2a' } };
    const claims = { iss: cluster.url, sub: subject, aud: gateway.url, 'kubernetes.io': bound };
    return cluster.sign({ ...claims, jti: randomUUID(), iat, exp: iat + 600 });
  };

  it('works without a key of its own, and the ledger says which pod it was', async () => {
    const agent = await Agent.create({ url: gateway.url, agentId, workload: () => projectToken() });
    const task = await agent.openTask({ purpose: 'Refund an order' });
    const client = await connectMcp(task, 'shop');
    const { content } = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    expect(JSON.stringify(content)).toContain('hello');
    await client.close();
    const issued = await gateway.records({ task: task.id });
    const token = issued.find(({ kind }) => kind === 'token.issued');
    expect(token?.body).toMatchObject({
      attested: { trust: 'cluster', subject, namespace: 'billing', pod: 'refunds-7d' },
    });
    await task.end();
  });

  it('is nobody in another pod when its binding names one', async () => {
    const agent = await Agent.create({ url: gateway.url, agentId, workload: () => projectToken('other') });
    await expect(agent.openTask({ purpose: 'Refund an order' })).rejects.toMatchObject({
      code: 'token.workload_unknown',
    });
  });

  it('is nobody once the binding is removed, in the middle of its task', async () => {
    const agent = await Agent.create({ url: gateway.url, agentId, workload: () => projectToken() });
    const task = await agent.openTask({ purpose: 'Refund an order' });
    const client = await connectMcp(task, 'shop');
    await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    const { workloads } = await ask<{ workloads: { id: string }[] }>('GET', `/v1/agents/${agentId}`);
    await ask('POST', `/v1/agents/${agentId}/workloads/${workloads[0]?.id}/remove`, {});
    const late = await client
      .callTool({ name: 'echo', arguments: { text: 'late' } })
      .then(JSON.stringify, String);
    expect(late).not.toContain('"late"');
    expect(upstream.journal.calls()).toHaveLength(2);
    await client.close();
  });
});
