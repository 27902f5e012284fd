import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.cross-site', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('works at a naive gateway: an image tag is enough', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another port, which gets the cookie', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('is refused here: %s', async (_what, headers) => {
    const { here } = ground();
    const { administrator } = here.gateway;
    const path = `/v1/approvals/${await askToPay(here)}`;
    const { json } = await administrator.request('POST', `${path}/challenge`);
    const assertion = administrator.passkey.assert((json as { challenge: string }).challenge);
    const reply = await administrator.request('POST', `${path}/approve`, { assertion }, headers);
    expect(readRefusal(reply)).toBe('person.origin_refused');
    expect(isPending(await pay(here))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
  });

  it('cannot frame the page here', async () => {
    const { here } = ground();
    const page = await here.gateway.administrator.request('GET', `/approvals/${await askToPay(here)}`);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});
