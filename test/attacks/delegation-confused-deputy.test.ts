import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createCaller } from '../scenarios/ground/create-caller.ts';
import { exchange, passOn, readExchanged } from '../scenarios/ground/enrol-chain.ts';
import { issuesToken } from './ground/issues-token.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

const PAYMENT = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };

describe('delegation.confused-deputy', () => {
  const chain = useChain();

  it('pays with the deputy’s own authority at a naive gateway', async () => {
    const { naive } = chain();
    expect((await naive.call('pay', PAYMENT)).status).toBe(200);
  });

  it('works for another’s task under nothing but what was passed on for it', async () => {
    const { giver, thief, here } = chain();
    // The deputy may pay for its own person; whoever asks for help may only read.
    const own = { parentId: giver.delegation };
    await passOn(here.gateway, giver.agent, thief.agent, own);
    const before = here.forwarded('pay');
    const { token, task } = readExchanged(await exchange(thief.agent, giver.token));
    expect(decodeJwt(token).chain).toHaveLength(2);
    const asked = createCaller({ ...thief, token, task }, here.url);
    expect(readRefusal(await asked.call('pay', PAYMENT))).toBe('action.not_in_limits');
    expect(here.forwarded('pay')).toBe(before);
    // Its own authority is as it was, in its own task.
    expect(isResult(await createCaller(thief, here.url).call('pay', PAYMENT))).toBe(true);
  });

  it('cannot put another’s task under a delegation of its own', async () => {
    const { giver, thief } = chain();
    const details = JSON.stringify([{ type: 'agent_task', delegation: thief.delegation }]);
    const reply = await exchange(thief.agent, giver.token, { authorization_details: details });
    expect(issuesToken(reply)).toBe(false);
    expect(readRefusal(reply)).toBe('token.exchange_refused');
  });

  it('cannot pass on the task that it helps with as its own', async () => {
    const { giver, helper, thief, here } = chain();
    const theirs = await passOn(here.gateway, helper.agent, thief.agent, { taskId: giver.task });
    expect(readRefusal(theirs)).toBe('task.not_found');
    const delegation = await passOn(here.gateway, helper.agent, thief.agent, { parentId: giver.delegation });
    expect(readRefusal(delegation)).toBe('delegation.not_found');
  });
});
