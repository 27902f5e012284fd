import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage({ agentName: 'refund-bot' });
const pictures = process.env.COUNTERSIGN_PICTURES;
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
});

async function lookAt(page: Page, name: string): Promise<void> {
  expect(await findBarriers(page)).toEqual([]);
  expect(await measureOverflow(page)).toBeLessThanOrEqual(0);
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const went = async (args: object): Promise<boolean> =>
  !(await stage().house.call('send_payment', args)).body.includes('PENDING');

describe('the form of a grant', () => {
  it('approval.grant-page: shows what would have passed, and lets pass what was signed', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', PAYMENT);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${stage().url}/approvals/${approval}`);
    const give = page.getByRole('button', { name: 'Approve these with passkey' });
    await page.getByText('For this task…').click();
    await page.getByText('Up to 3 calls of payments/send_payment').waitFor();
    await page.getByText('In the last 30 days').waitFor();
    await lookAt(page, 'grant-360');
    await page.getByLabel('How many calls').fill('60');
    await page.getByText('Up to 3 calls').waitFor({ state: 'detached' });
    expect(await give.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('How many calls').fill('2');
    await page.getByText('Up to 2 calls of payments/send_payment').waitFor();
    await eventually(() => give.getAttribute('aria-disabled')).toBe('false');
    await give.click();
    await page.getByText('For more than this call').waitFor();
    await lookAt(page, 'granted-360');
    expect([await went(PAYMENT), await went(PAYMENT), await went(PAYMENT)]).toEqual([true, true, false]);
    expectCalm(owner);
  });
});

describe('the page of a group', () => {
  it('approval.group-page: lists every request and approves those that stay ticked', async () => {
    const { page } = owner;
    const payments = [1, 2, 3].map((at) => ({ ...PAYMENT, to: `DE89 ${at}`, amount_minor: at * 1000 }));
    for (const payment of payments) await stage().house.ask('send_payment', payment);
    await page.goto(`${stage().url}/approvals`);
    const row = page.getByRole('link', { name: /wants to call.*times/ });
    await row.first().click();
    await page.getByRole('heading', { name: /times$/ }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await lookAt(page, `group-360-${colorScheme}`);
    }
    await page.locator('input[data-member]').last().uncheck();
    const approve = page.getByRole('button', { name: /Approve \d+ with passkey/ });
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('false');
    await approve.click();
    await page.waitForURL(`${stage().url}/approvals`);
    expect(await went(payments[0] ?? {})).toBe(true);
    expect(await went(payments[1] ?? {})).toBe(true);
    expect(await went(payments[2] ?? {})).toBe(false);
    expectCalm(owner);
  });
});
