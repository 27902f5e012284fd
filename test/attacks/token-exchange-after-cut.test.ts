import { describe, expect, it } from 'vitest';
import { createCaller } from '../scenarios/ground/create-caller.ts';
import { enrolHelper, exchange } from '../scenarios/ground/enrol-chain.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

describe('token.exchange-after-cut', () => {
  const chain = useChain();

  it('still works at a naive gateway, which cannot take anything back', async () => {
    const { naive } = chain();
    expect((await naive.call('echo', { text: 'still here' })).status).toBe(200);
  });

  it.each([
    [
      'the link between them is cut',
      'token.exchange_refused',
      (giver: string, link: string) => ['/v1/delegations/', link, '/revoke', giver] as const,
    ],
    [
      'the subject’s agent is suspended',
      'token.subject_invalid',
      (giver: string) => ['/v1/agents/', giver, '/suspend', giver] as const,
    ],
  ])('is refused here once %s, and what was exchanged before is over', async (_name, code, cut) => {
    const { here } = chain();
    const giver = await here.gateway.enrol({ limits: { depth: 1 } });
    const helper = await enrolHelper(here.gateway, giver, { name: `helper-${code.slice(6, 10)}` });
    const caller = createCaller(helper, here.url);
    expect((await caller.call('echo', { text: 'before' })).status).toBe(200);
    const [start, id, end] = cut(giver.agent.agentId, helper.delegation);
    await here.gateway.operator('POST', `${start}${id}${end}`, {});
    expect(readRefusal(await exchange(helper.agent, giver.token))).toBe(code);
    expect(readRefusal(await exchange(helper.agent, helper.token))).toBe('token.subject_invalid');
    expect(readRefusal(await caller.call('echo', { text: 'after' }))).toBe('task.not_open');
  });
});
