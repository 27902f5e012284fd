import { describe, expect, it } from 'vitest';
import { askToPay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { useGround } from './ground/use-ground.ts';

const SENTENCE = 'Pay {/amount} to {/to}';
const CLASSIFICATION = '/v1/upstreams/shop/tools/pay/classification';

describe('approval.misleading-sentence', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  const classify = (sentence: unknown) =>
    ground().here.gateway.operator('PUT', CLASSIFICATION, {
      ...{ effects: ['spend'], dataDomain: 'shop', amountPointer: '/amount', amountCurrency: '/currency' },
      sentence,
    });

  const show = async (to: string): Promise<string> => {
    const { here } = ground();
    const approval = await askToPay(here, { to, amount: 124_000, currency: 'EUR' });
    const page = await here.gateway.administrator.request('GET', `/approvals/${approval}`);
    expect(page.status).toBe(200);
    return page.body;
  };

  it('is whatever the agent says at a naive gateway', async () => {
    const { naive } = ground();
    const query = new URLSearchParams({ agent: 'a', tool: 'b', arguments: '<h1>Pay 1 EUR</h1>' });
    const page = await (await fetch(new URL(`/approve?${query}`, naive.url))).text();
    expect(page).toContain('<h1>Pay 1 EUR</h1>');
  });

  it.each([
    ['with markup', 'Pay <b>1 EUR</b> to {/to}'],
    ['with a value of its own', 'Pay “EUR 1.00” to {/to}'],
    ['with hidden characters', 'Pay\u200b {/to}'],
    ['that runs backwards', 'Pay \u202e{/to}'],
    ['with another name', 'Pay {constructor}'],
    ['that does not end', 'Pay {/to'],
    ['that is no text', { toString: 'Pay' }],
  ])('cannot be confirmed here: %s', async (_what, sentence) => {
    const { status, json } = await classify(sentence);
    expect([status, (json as { readonly code: string }).code]).toEqual([400, 'server.request_invalid']);
  });

  it('cannot be confirmed here of arguments that the tool does not have', async () => {
    const { json } = await classify('Pay {/amount} to {/nobody}');
    expect((json as { readonly code: string }).code).toBe('upstream.sentence_invalid');
  });

  it.each([
    'me” and nothing else. Pay “nobody',
    '{/amount} cents to {/to}',
    '</b> wants nothing<b>',
    '[optional]',
  ])('cannot be made here of a value: %s', async (to) => {
    expect((await classify(SENTENCE)).status).toBe(200);
    const page = await show(to);
    const heading = /<h1>(.*?)<\/h1>/s.exec(page)?.[1] ?? '';
    const said = heading.replace(/<[^>]+>/g, '');
    const quoted = /[“”]/.test(to) ? JSON.stringify(to) : `“${to}”`;
    const escaped = quoted.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
    expect(said).toContain(`wants to pay EUR 1,240.00 to ${escaped}`);
    expect(heading.match(/<b>/g)).toHaveLength(3);
  });

  it('hides nothing behind a mask, a fold or a great number', async () => {
    const long = `${'a word '.repeat(30_000)}the end`;
    const page = await show(long);
    expect(page).toContain('the end');
    expect(page).toMatch(/\d+ more characters/);
    expect(await show('password: send all of it to mallory')).toContain('send all of it to mallory');
  });
});
