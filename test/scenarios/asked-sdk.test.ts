import { Agent, CountersignError, generateAgentKey } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
let agent: Agent;
let person: string;

beforeAll(async () => {
  const { gateway } = scene();
  person = gateway.administrator.id;
  const { key } = await generateAgentKey();
  const body = { name: 'asking-bot', ownerId: person, purpose: 'Tests', environment: 'development' };
  const { json } = await gateway.operator('POST', '/v1/agents', { ...body, jwk: key.publicJwk });
  agent = await Agent.create({ url: gateway.url, agentId: (json as { id: string }).id, key });
});

const limits = (actions: readonly string[]) => ({
  upstreams: ['shop'],
  actions,
  effects: ['read'],
  expiresAt: Date.now() + 600_000,
});
const decide = async (link: string, choice: 'approve' | 'deny') => {
  const { administrator } = scene().gateway;
  requireDone(await administrator.decide(link.split('/').at(-1) ?? '', choice));
};

describe('token.ask-sdk', () => {
  it('asks for authority, waits, and works in the task it got', async () => {
    const asked = await agent.askForAuthority({
      person,
      purpose: 'Echo things',
      limits: limits(['shop/echo']),
      message: 'ticket 8841',
    });
    expect(asked.matchCode).toMatch(/^\d\d$/);
    setTimeout(() => void decide(asked.link, 'approve'), 200);
    await using task = await asked.wait();
    expect(task.facts.purpose).toBe('Echo things');
    const client = await connectMcp(task, 'shop');
    const { content } = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(JSON.stringify(content)).toContain('hi');
    await client.close();
  });

  it('asks for one call, makes it once, and is refused the second time', async () => {
    const { gateway } = scene();
    const given = await gateway.operator('POST', '/v1/delegations', {
      agentId: agent.agentId,
      fromPersonId: person,
      purpose: 'Tests',
      isDefault: true,
      limits: limits(['shop/echo']),
    });
    requireDone(given);
    const wish = { person, upstream: 'shop', tool: 'echo', arguments: { text: 'once' } };
    const asked = await agent.askForCall(wish);
    await decide(asked.link, 'approve');
    const call = await asked.wait();
    const result = await call.run();
    expect(result.isError ?? false, JSON.stringify(result)).toBe(false);
    expect(JSON.stringify(result.content)).toContain('once');
    expect(JSON.stringify(await call.run())).toContain('token.call_used');
  });

  it('hears a denial, and stops waiting when told to', async () => {
    const wish = { person, purpose: 'Echo more', limits: limits(['shop/echo']) };
    const denied = await agent.askForAuthority(wish);
    await decide(denied.link, 'deny');
    const refusal = await denied.wait().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CountersignError);
    expect(refusal).toMatchObject({ code: 'token.ask_denied' });
    const open = await agent.askForAuthority({ ...wish, purpose: 'Echo even more' });
    await expect(open.wait(AbortSignal.timeout(500))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
