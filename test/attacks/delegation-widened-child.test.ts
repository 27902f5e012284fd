import { describe, expect, it } from 'vitest';
import { exchange, passOn, registerAgent } from '../scenarios/ground/enrol-chain.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

describe('delegation.widened-child', () => {
  const chain = useChain();

  it('reaches everything at a naive gateway, which asks nobody what was passed on', async () => {
    const { naive, thief } = chain();
    const tweak = { proofKey: thief.agent.key };
    const payment = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };
    expect((await naive.call('pay', payment, tweak)).status).toBe(200);
  });

  it.each([
    ['effects', { effects: ['read', 'spend'] }],
    ['calls', { calls: 51 }],
    ['calls without a limit', { calls: null }],
    ['time', { expiresAt: Date.now() + 80 * 86_400_000 }],
    ['environments', { environments: ['production'] }],
  ] as const)('is not made here with more %s', async (what, limits) => {
    const { giver, here } = chain();
    const other = await registerAgent(here.gateway, `more-${what.replaceAll(' ', '-')}`);
    const source = { parentId: giver.delegation };
    const reply = await passOn(here.gateway, giver.agent, other, source, limits as object);
    expect(readRefusal(reply)).toBe('delegation.exceeds_parent');
    const made = await here.gateway.records({ kind: 'delegation.created', agent: other.agentId });
    expect(made).toHaveLength(0);
  });

  it.each([
    ['effects', { effects: ['read', 'spend'] }],
    ['calls', { calls: 51 }],
    ['depth', { depth: 2 }],
  ])('is not made here by way of an exchange with more %s', async (_what, limits) => {
    const { giver, helper } = chain();
    const details = JSON.stringify([{ type: 'agent_task', limits }]);
    const reply = await exchange(helper.agent, giver.token, { authorization_details: details });
    expect(readRefusal(reply)).toBe('task.exceeds_delegation');
  });

  it('is not made here for an upstream that the subject token was not for', async () => {
    const { giver, helper, here } = chain();
    const reply = await exchange(helper.agent, giver.token, { resource: `${here.gateway.url}/mcp/other` });
    expect(reply.json).toMatchObject({ error: 'invalid_target' });
  });
});
