import { sendHttp } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('person.stolen-operator-token', () => {
  const ground = useGround();
  const ask = (url: string, token: string, headers = {}) =>
    sendHttp({
      method: 'GET',
      url: `${url}/v1/agents`,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });

  it('has its like at a naive gateway: a token from anywhere works for ever', async () => {
    const { naive } = ground();
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    expect(isResult(await naive.call('echo', { text: 'hi' }, { headers }))).toBe(true);
  });

  it('is refused here from behind a proxy, and after a restart', async () => {
    const { gateway } = ground().here;
    const token = await gateway.operatorToken();
    expect((await ask(gateway.url, token)).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect(readRefusal(await ask(gateway.url, token, { [header]: '203.0.113.9' }))).toBe('token.invalid');
    }
    await gateway.restart();
    expect(readRefusal(await ask(gateway.url, token))).toBe('token.invalid');
    expect((await ask(gateway.url, await gateway.operatorToken())).status).toBe(200);
  });
});
