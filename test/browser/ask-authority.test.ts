import { join } from 'node:path';
import type { RawAgent } from '@countersign/testkit';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage({ agentName: 'invoice-bot' });
let owner: Visitor;
let person: string;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
  person = await owner.page.evaluate(async () => (await (await fetch('/v1/people/me')).json()).id);
});

const agent = (): RawAgent => stage().house.agent.agent;

interface Answer {
  readonly auth_req_id: string;
  readonly match_code: string;
  readonly approval_uri: string;
}

async function ask(details: object, message?: string): Promise<Answer> {
  const reply = await agent().requestToken({
    endpoint: '/oauth/backchannel',
    form: {
      login_hint: person,
      authorization_details: JSON.stringify([details]),
      ...(message === undefined ? {} : { binding_message: message }),
    },
  });
  if (reply.status !== 200) throw new Error(`not asked: ${reply.body}`);
  return reply.json as Answer;
}

const fetchAnswer = (answer: Answer) =>
  agent().requestToken({
    form: { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: answer.auth_req_id },
  });

const authority = () => ({
  type: 'agent_delegation',
  purpose: 'Pay the invoices of March',
  limits: {
    upstreams: ['payments'],
    actions: ['payments/list_invoices', 'payments/send_payment'],
    effects: ['read', 'spend'],
    spendMinor: 500_000,
    currency: 'EUR',
    calls: 40,
    expiresAt: Date.now() + 3 * 86_400_000,
  },
});

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
}

describe('approval.authority-page', () => {
  it('shows every limit on a phone, lets the person give less, and signs that', async () => {
    const { page } = owner;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${stage().url}/approvals`);
    const answer = await ask(authority(), 'ticket 8841');
    const row = page.getByRole('link', { name: 'asks for authority' });
    await row.waitFor();
    await row.click();
    await page.waitForURL(answer.approval_uri);
    const said = await page.locator('main').innerText();
    for (const shown of [
      'invoice-bot asks for authority to act for Owner',
      'ticket 8841',
      'Pay the invoices of March',
      'May call payments/list_invoices, payments/send_payment on payments.',
      'May read and spend money, nothing else.',
      'May make at most 40 calls.',
      'May spend at most 500000 minor units of EUR.',
      'May not delegate further.',
      answer.match_code,
    ]) {
      expect(said).toContain(shown);
    }
    await page.getByText('Change what your passkey signs').click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findBarriers(page), colorScheme).toEqual([]);
      expect(await measureOverflow(page)).toBe(0);
      await page.screenshot({ path: join('.cache', 'browser', `authority-360-${colorScheme}.png`) });
    }
    await page.getByLabel('payments/send_payment').uncheck();
    await page.getByLabel('spend', { exact: true }).uncheck();
    await page.getByLabel('Calls at most').fill('3');
    await page.getByLabel('Ends').selectOption({ label: 'in 1 hour' });
    await press(page, 'Delegate with passkey');
    await page.getByText('You have approved.').waitFor();
    const token = await fetchAnswer(answer);
    expect(token.status, token.body).toBe(200);
    const details = (token.json as { authorization_details: { type: string; delegation?: string }[] })
      .authorization_details;
    const given = details.find(({ type }) => type === 'agent_delegation')?.delegation ?? '';
    const made = await stage().house.gateway.operator('GET', `/v1/delegations/${given}`);
    const { limits } = made.json as { limits: { expiresAt: number } & Record<string, unknown> };
    expect(limits).toMatchObject({ actions: ['payments/list_invoices'], effects: ['read'], calls: 3 });
    expect(limits.expiresAt).toBeLessThan(Date.now() + 3_700_000);
    await page.reload();
    await page.getByText('Given: the agent has the delegation').waitFor();
  });

  it('shows one call that is asked for ahead like any other, and says that nothing has happened', async () => {
    const { page } = owner;
    const { house } = stage();
    const call = { type: 'mcp_tool_call', upstream: 'payments', tool: 'send_payment', arguments: PAYMENT };
    const answer = await ask({ ...call, delegation: house.agent.delegation }, 'invoice 2041');

    await page.goto(`${stage().url}/approvals`);
    await page.getByText('asks to do once').waitFor();
    await page.goto(answer.approval_uri);
    const said = await page.locator('main').innerText();
    for (const shown of ['Asks to do this once', 'Nothing has happened yet', 'EUR 1,240.00', 'Arguments (4)'])
      expect(said).toContain(shown);
    await press(page, 'Approve once with passkey');
    await page.getByText('You have approved.').waitFor();
    expect((await fetchAnswer(answer)).status).toBe(200);
    expect(house.upstream.journal.calls('send_payment')).toHaveLength(0);
  });

  it('shows a hostile purpose for what it is', async () => {
    const { page } = owner;
    const answer = await ask({
      ...authority(),
      purpose: 'Pay\u202e on\u200bly \u0430dmin <script>window.hit=1</script>',
    });
    await page.goto(answer.approval_uri);
    const said = await page.locator('main').innerText();
    for (const shown of ['U+202E', 'U+200B', 'mixed script', '<script>', 'hidden or misleading characters'])
      expect(said).toContain(shown);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  it('tells the agent why it was refused', async () => {
    const { page } = owner;
    const answer = await ask(authority());
    await page.goto(answer.approval_uri);
    await page.getByText('Deny with a reason').click();
    await page.getByRole('textbox').fill('Ask me on Monday');
    await press(page, 'Deny');
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    const refused = await fetchAnswer(answer);
    expect(refused.json).toMatchObject({ error: 'access_denied' });
    expect(refused.body).toContain('Ask me on Monday');
    expectCalm(owner);
  });
});
