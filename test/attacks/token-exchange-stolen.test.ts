import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { exchange } from '../scenarios/ground/enrol-chain.ts';
import { issuesToken } from './ground/issues-token.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

describe('token.exchange-stolen', () => {
  const chain = useChain();

  it('is as good as the token itself at a naive gateway', async () => {
    const { naive, thief } = chain();
    const stolen = await naive.call('echo', { text: 'mine' }, { proofKey: thief.agent.key });
    expect(stolen.status).toBe(200);
  });

  it('gets a registered agent nothing here, and says no more than that', async () => {
    const { giver, helper, thief, here } = chain();
    for (const subject of [giver.token, helper.token]) {
      const reply = await exchange(thief.agent, subject);
      expect(issuesToken(reply)).toBe(false);
      expect(reply.status).toBe(400);
      expect(reply.json).toMatchObject({ error: 'unauthorized_client', code: 'token.exchange_refused' });
    }
    const refused = await here.gateway.records({ kind: 'token.refused', agent: thief.agent.agentId });
    expect(refused[0]).toMatchObject({ body: { reason: 'token.exchange_refused', authenticated: true } });
    expect(await here.gateway.records({ kind: 'task.opened', agent: thief.agent.agentId })).toHaveLength(1);
  });

  it('is refused for anything that is no live task token of this server', async () => {
    const { giver, helper, here } = chain();
    const control = await giver.agent.token();
    const foreign = here.token.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`);
    for (const subject of [control, foreign, 'x', `${helper.token}x`]) {
      const reply = await exchange(helper.agent, subject);
      expect(readRefusal(reply)).toBe('token.subject_invalid');
      expect(reply.json).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('cannot be used with the thief’s own proof either', async () => {
    const { giver, thief, here } = chain();
    const reply = await giver.agent.send({
      url: here.url,
      token: giver.token,
      proofKey: thief.agent.key,
      message: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    });
    expect(readRefusal(reply)).toBe('token.proof_invalid');
    expect(decodeJwt(giver.token).cnf).toEqual({ jkt: giver.agent.key.thumbprint });
  });
});
