import { describe, expect, it } from 'vitest';
import { exchange } from '../scenarios/ground/enrol-chain.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

describe('token.exchange-actor-swapped', () => {
  const chain = useChain();
  const withActor = (token: string) => ({ actor_token: token, actor_token_type: ACCESS_TOKEN });

  it('means nothing to a naive gateway: whoever has the token is the actor', async () => {
    const { naive, thief } = chain();
    const reply = await naive.call('echo', { text: 'as somebody else' }, { proofKey: thief.agent.key });
    expect(reply.status).toBe(200);
  });

  it('is refused here with another agent’s token as the actor', async () => {
    const { giver, helper, thief } = chain();
    for (const actor of [thief.token, giver.token, await thief.agent.token(), 'x']) {
      const reply = await exchange(helper.agent, giver.token, withActor(actor));
      expect(readRefusal(reply)).toBe('token.actor_invalid');
      expect(reply.json).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('is refused to a thief that shows the helper’s token as the actor', async () => {
    const { giver, helper, thief } = chain();
    const reply = await exchange(thief.agent, giver.token, withActor(helper.token));
    expect(readRefusal(reply)).toBe('token.actor_invalid');
  });

  it('is allowed with the helper’s own', async () => {
    const { giver, helper } = chain();
    const reply = await exchange(helper.agent, giver.token, withActor(await helper.agent.token()));
    expect(reply.status).toBe(200);
  });
});
