import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { exchange } from '../scenarios/ground/enrol-chain.ts';
import { forgeToken } from './ground/forge-token.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useChain } from './ground/use-chain.ts';

describe('token.exchange-truncated-chain', () => {
  const chain = useChain();
  const shorten = (token: string): Promise<string> => {
    const { chain: links, act, ...claims } = decodeJwt(token) as { chain: readonly string[]; act: unknown };
    return forgeToken(token, {
      claims: { ...claims, chain: links.slice(1), act: undefined },
      sign: 'as before',
    });
  };

  it('goes unnoticed at a naive gateway, which knows no chain', async () => {
    const { naive } = chain();
    expect((await naive.call('echo', { text: 'hi' })).status).toBe(200);
  });

  it('is refused here in an exchange and in a call', async () => {
    const { helper, here } = chain();
    const short = await shorten(helper.token);
    expect(readRefusal(await exchange(helper.agent, short))).toBe('token.subject_invalid');
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const reply = await helper.agent.send({ url: here.url, token: short, message });
    expect(readRefusal(reply)).toBe('token.invalid');
    expect(here.forwarded()).toBe(0);
  });
});
