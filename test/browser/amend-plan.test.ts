import { join } from 'node:path';
import { type EnrolledAgent, toolCall } from '@countersign/testkit';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ASK_BEYOND_PLAN } from '../scenarios/ground/start-office.ts';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
const other = { ...PAYMENT, to: 'SE45 5000 0000 0583 9825 7466' };
let owner: Visitor;
let agent: EnrolledAgent;

beforeAll(async () => {
  const { gateway } = stage().house;
  const files = [{ name: 'plan.cedar', text: ASK_BEYOND_PLAN }];
  const activated = await gateway.operator('POST', '/v1/policies', { files });
  expect(activated.status, activated.body).toBeLessThan(300);
  agent = await gateway.enrol({ name: 'week-bot', prompt: 'List the invoices that are due this week.' });
  owner = await stage().join('Owner', everyRole);
});

async function call(tool: string, args: object): Promise<string> {
  const { message, headers } = toolCall(tool, args);
  const url = `${stage().house.gateway.url}/mcp/payments`;
  const { body } = await agent.agent.send({ url, token: agent.token, message, headers });
  return body;
}

const ask = async (tool: string, args: object) => /apr_[0-9A-Z]{26}/.exec(await call(tool, args))?.[0] ?? '';

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
}

describe('approval.amendment-page', () => {
  it('shows the whole difference on a phone, is read again when more joins, and signs less of it', async () => {
    const { page } = owner;
    await page.setViewportSize({ width: 360, height: 740 });
    const approval = await ask('send_payment', PAYMENT);
    await page.goto(`${stage().url}/approvals`);
    await page.getByText('asks to go beyond its plan').click();
    await page.waitForURL(`**/approvals/${approval}`);
    expect(await ask('send_payment', other)).toBe(approval);
    await page.getByRole('heading', { name: 'What changes in the plan (2)' }).waitFor();
    const said = await page.locator('main').innerText();
    for (const shown of [
      'week-bot wants to go beyond its plan with 2 calls: payments/send_payment',
      'Passes from then on',
      'as often as the agent calls, until the task ends',
      'List the invoices that are due this week.',
      PAYMENT.to,
      other.to,
    ])
      expect(said).toContain(shown);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findBarriers(page), colorScheme).toEqual([]);
      expect(await measureOverflow(page)).toBe(0);
      const path = join('.cache', 'browser', `amendment-360-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
    await page.locator('input[data-entry="2"]').uncheck();
    await page.getByLabel('Each of these calls once').check();
    await press(page, 'Change the plan with passkey');
    await page.getByText('the plan of the task is changed').waitFor();
    expect(await call('send_payment', PAYMENT)).toContain('send_payment: done');
    expect(await call('send_payment', PAYMENT)).toContain('PENDING');
    expect(await call('send_payment', other)).toContain('PENDING');
    expectCalm(owner);
  });

  it('lets a person say that the prompt is theirs', async () => {
    const { page } = owner;
    const { gateway } = stage().house;
    const me = await page.evaluate(async () => (await (await fetch('/v1/people/me')).json()).id);
    const prompted = await gateway.enrol({
      owner: { ...gateway.administrator, id: me },
      prompt: 'Pay\u202e what <b>is</b> due',
    });
    const path = `/v1/tasks/${prompted.task}/grant/amendments`;
    const asked = await gateway.operator('POST', path, { confirm: true });
    const { link } = (asked.json as { approval: { link: string } }).approval;
    await page.goto(link);
    const said = await page.locator('main').innerText();
    for (const shown of ['What you asked the agent for', 'U+202E', '<b>is</b> due'])
      expect(said).toContain(shown);
    await press(page, 'Change the plan with passkey');
    await page.getByText('the plan of the task is changed').waitFor();
    expectCalm(owner);
  });
});
