import { type HttpReply, sendHttp, toolCall } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { useApplication } from '../conformance/oauth-ground/use-application.ts';
import { waitForRecord } from './ground/read-evidence.ts';

const app = useApplication();
const PAYMENT = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };
// What the person ticks on the consent page: everything, so that nothing but the cap stands in the way.
const choices = {
  ...{ tools: ['shop/echo', 'shop/pay'], contents: true, seconds: 3600 },
  ...{ calls: null, spendMinor: 1_000_000, currency: 'EUR' },
};

let token: string;

beforeAll(async () => {
  token = (await app().create().obtain(app().person, { choices })).access_token;
}, 60_000);

function call(tool: string, args: object, accessToken = token): Promise<HttpReply> {
  const { message, headers } = toolCall(tool, args);
  return sendHttp({
    url: app().resource,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}`, ...headers },
    body: JSON.stringify(message),
  });
}

describe('token.unbound-capped', () => {
  it('reads as policy allows, and is good for an hour at most', async () => {
    const { exp = 0, iat = 0, cnf } = decodeJwt(token);
    expect(cnf).toBeUndefined();
    expect(exp - iat).toBeLessThanOrEqual(3600);
    expect(isResult(await call('echo', { text: 'hi' }))).toBe(true);
  });

  it('does nothing else before a person has approved exactly that, whatever policy allows', async () => {
    const { gateway, upstream, person } = app();
    const before = upstream.journal.calls('pay').length;
    const asked = await call('pay', PAYMENT);
    expect(asked.body).toContain('PENDING apr_');
    expect(upstream.journal.calls('pay')).toHaveLength(before);
    const decision = await waitForRecord(gateway, 'action.decision');
    expect(decision).toMatchObject({
      body: { effect: 'step_up', decidedBy: 'binding', reasons: expect.any(Array) },
    });
    expect(JSON.stringify(decision.body)).toContain('token_unbound');
    const approval = /apr_[0-9A-Z]{26}/.exec(asked.body)?.[0] ?? '';
    const page = await person.request('GET', `/v1/approvals/${approval}`);
    expect(page.body).toContain('proves no key');
    expect((await person.decide(approval, 'approve')).status).toBe(200);
    expect(isResult(await call('pay', PAYMENT))).toBe(true);
    expect(upstream.journal.calls('pay')).toHaveLength(before + 1);
    // Once, and not one unit more.
    expect((await call('pay', PAYMENT)).body).toContain('PENDING apr_');
    expect((await call('pay', { ...PAYMENT, amount: 1201 })).body).toContain('PENDING apr_');
    expect(upstream.journal.calls('pay')).toHaveLength(before + 1);
  });

  it('is not what an agent’s own token becomes by leaving the proof away', async () => {
    const { gateway } = app();
    const { token: bound } = await gateway.enrol();
    expect((await call('echo', { text: 'hi' }, bound)).body).toContain('token.bearer_refused');
  });
});
