import type { CeremonyForgery } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { askToPay, followNaiveLink, isPending, PAYMENT, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('approval.forged-passkey', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });

  it('is not even asked for by a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await pay(naive))).toBe(true);
  });

  it.each<[string, CeremonyForgery]>([
    ['another site', { origin: 'http://localhost.evil.example' }],
    ['another port of the same host', { origin: 'http://localhost:1' }],
    ['a frame in another site', { crossOrigin: true }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no verification of the person', { withoutVerification: true }],
    ['a registration in the place of a signature', { type: 'webauthn.create' }],
    ['a key that was never registered', { withAnotherKey: true }],
  ])('approves nothing here: %s', async (_what, forge) => {
    const { here } = ground();
    const reply = await here.gateway.administrator.decide(await askToPay(here), 'approve', forge);
    expect(readRefusal(reply), reply.body).toBe('person.passkey_refused');
    expect(isPending(await pay(here))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
  });

  it('approves nothing here when it signed another action, or signs in', async () => {
    const { here } = ground();
    const { administrator } = here.gateway;
    const path = `/v1/approvals/${await askToPay(here)}`;
    const other = `/v1/approvals/${await askToPay(here, { ...PAYMENT, amount: 1 })}`;
    const challengeOf = async (from: string) => {
      const { json } = await administrator.request('POST', from);
      return (json as { challenge: string }).challenge;
    };
    for (const from of [`${other}/challenge`, '/v1/people/sign-in/begin']) {
      const assertion = administrator.passkey.assert(await challengeOf(from));
      const reply = await administrator.request('POST', `${path}/approve`, { assertion });
      expect(readRefusal(reply), reply.body).toMatch(/^(person\.passkey_refused|approval\.digest_mismatch)$/);
    }
    expect(isPending(await pay(here))).toBe(true);
    expect(here.forwarded('pay')).toBe(0);
  });
});
