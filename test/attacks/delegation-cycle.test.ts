import { describe, expect, it } from 'vitest';
import { passOn, registerAgent } from '../scenarios/ground/enrol-chain.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

describe('delegation.cycle', () => {
  const chain = useChain();

  it('gives an agent its own authority back at a naive gateway: nobody looks', async () => {
    const { naive } = chain();
    expect((await naive.call('echo', { text: 'round and round' })).status).toBe(200);
  });

  it('is refused here, to itself and to whom it came from', async () => {
    const { giver, helper, here } = chain();
    const own = { parentId: helper.delegation };
    for (const to of [helper.agent, giver.agent]) {
      expect(readRefusal(await passOn(here.gateway, helper.agent, to, own))).toBe('delegation.cycle');
    }
  });

  it('is refused here deeper than it was allowed', async () => {
    const { helper, here } = chain();
    const [third, fourth] = [
      await registerAgent(here.gateway, 'third'),
      await registerAgent(here.gateway, 'fourth'),
    ];
    const own = { parentId: helper.delegation };
    const deeper = await passOn(here.gateway, helper.agent, third, own, { depth: 1 });
    expect(readRefusal(deeper)).toBe('delegation.too_deep');
    const passed = await passOn(here.gateway, helper.agent, third, own);
    const { id: parentId } = passed.json as { id: string };
    expect(readRefusal(await passOn(here.gateway, third, fourth, { parentId }))).toBe('delegation.too_deep');
  });
});
