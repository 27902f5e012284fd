import { describe, expect, it } from 'vitest';
import { askToPay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { useGround } from './ground/use-ground.ts';

const TRICKS: readonly (readonly [string, string, string])[] = [
  ['text that runs backwards', 'DE00\u202E4321', 'U+202E'],
  ['characters without width', 'DE00\u200B1234', 'U+200B'],
  ['letters of the tag block', 'DE00\u{E0041}1234', 'U+E0041'],
  ['a look-alike letter', 'Bank \u0430bc', 'U+0430'],
  ['a line of its own', 'DE00\n\nApproved already', '⏎'],
];

describe('approval.hidden-text', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('runs in the page of a naive gateway', async () => {
    const { naive } = ground();
    const query = new URLSearchParams({ agent: 'a', tool: 'b', arguments: '<script>approve()</script>' });
    const page = await (await fetch(new URL(`/approve?${query}`, naive.url))).text();
    expect(page).toContain('<script>approve()</script>');
  });

  it.each(TRICKS)('is shown for what it is here: %s', async (_what, to, code) => {
    const { here } = ground();
    const approval = await askToPay(here, { to, amount: 1, currency: 'EUR' });
    const page = await here.gateway.administrator.request('GET', `/approvals/${approval}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain(code);
    expect(page.body.includes(to)).toBe(false);
  });

  it('does not run here', async () => {
    const { here } = ground();
    const to = '"><script>approve()</script><img src=x onerror=approve()>';
    const approval = await askToPay(here, { to, amount: 1, currency: 'EUR' });
    const page = await here.gateway.administrator.request('GET', `/approvals/${approval}`);
    expect(page.body).not.toContain('<script>approve()');
    expect(page.body).not.toContain('<img src=x');
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
  });
});
