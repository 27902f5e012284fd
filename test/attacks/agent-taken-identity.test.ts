import { makeAgentKey, makeClientAssertion } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { issuesToken } from './ground/issues-token.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('agent.taken-identity', () => {
  const ground = useGround();

  it('works at a naive gateway: a key that is registered twice speaks for both', async () => {
    const { naive } = ground();
    naive.gateway.registerAgent('agt_twin', naive.agent.key.publicJwk);
    const input = { key: naive.agent.key, clientId: 'agt_twin', audience: naive.issuer };
    expect(issuesToken(await naive.requestToken(await makeClientAssertion(input)))).toBe(true);
  });

  it('cannot be registered here with a key that is in use, nor with a private one', async () => {
    const { gateway, agent } = ground().here;
    const register = (name: string, jwk: object) =>
      gateway.operator('POST', '/v1/agents', {
        name,
        ownerId: gateway.administrator.id,
        purpose: 'Twin',
        environment: 'development',
        jwk,
      });
    expect(readRefusal(await register('twin', agent.key.publicJwk))).toBe('agent.exists');
    const { privateJwk } = await makeAgentKey();
    expect(readRefusal(await register('careless', privateJwk))).toBe('agent.key_invalid');
    const rsa = await makeAgentKey('RS256');
    expect(readRefusal(await register('rsa', rsa.publicJwk))).toBe('agent.key_invalid');
  });

  it('cannot be claimed here with a key of its own', async () => {
    const { here } = ground();
    const other = await here.gateway.enrol();
    const input = { key: other.agent.key, clientId: here.agent.agentId, audience: here.issuer };
    const reply = await here.requestToken(await makeClientAssertion(input));
    expect(readRefusal(reply)).toBe('token.client_assertion_invalid');
  });
});
