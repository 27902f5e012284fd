import { describe, expect, it } from 'vitest';
import { followNaiveLink, pay } from './ground/ask-to-pay.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('delegation.self-granted', () => {
  const ground = useGround({ limits: { actions: ['shop/echo'] }, ask: ['shop/pay'] });

  it('is how an agent helps itself at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it.each([
    [
      '/v1/delegations',
      {
        agentId: `agt_${'0'.repeat(26)}`,
        purpose: 'All',
        limits: { upstreams: '*', actions: ['*'], expiresAt: 9e12 },
      },
    ],
    ['/v1/policies', { files: [{ name: 'mine.cedar', text: 'permit (principal, action, resource);' }] }],
    ['/v1/agents', { name: 'twin', purpose: 'All', environment: 'production', jwk: {} }],
    ['/v1/people', { displayName: 'Me', roles: ['admin'] }],
    ['/v1/upstreams', { name: 'mine', kind: 'mcp-http', settings: { url: 'http://127.0.0.1:1' } }],
    ['/v1/signals', { scope: 'everything', reason: 'Because' }],
  ])('is refused here: %s', async (path, message) => {
    const { here } = ground();
    const { agent, gateway } = here;
    const token = await agent.token();
    const url = gateway.url + path;
    const reply = await agent.send({ url, token, message });
    expect(readRefusal(reply), `${reply.status} ${reply.body}`).toBe('person.forbidden');
    expect(here.forwarded()).toBe(0);
  });
});
