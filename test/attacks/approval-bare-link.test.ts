import { sendHttp } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { followNaiveLink, isPending, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.bare-link', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('approves when it is opened, by a mail scanner for one, at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it('approves nothing here, and shows nothing to who is not signed in', async () => {
    const { here } = ground();
    const asked = await pay(here);
    const link = /http:\S+/.exec(asked.body.replaceAll('\\n', ' '))?.[0]?.replace(/".*$/, '') ?? '';
    expect(link).toContain('apr_');
    for (const method of ['GET', 'HEAD', 'POST']) {
      const page = await sendHttp({ method, url: link });
      expect(page.body).not.toContain('DE00 1234');
    }
    const page = await here.gateway.administrator.request('GET', new URL(link).pathname);
    expect(page.status).toBe(200);
    expect(page.body).toContain('DE00 1234');
    expect(isPending(await pay(here))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
  });
});
