import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { openBrowser } from './ground/open-browser.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
});

const paid = () => stage().house.upstream.journal.calls('send_payment').length;
const payment = (reference: string) => ({ ...PAYMENT, reference });

async function open(page: Page, approval: string): Promise<void> {
  await page.goto(`${stage().url}/approvals/${approval}`);
}

async function readState(page: Page, approval: string): Promise<string> {
  return page.evaluate(async (id) => (await (await fetch(`/v1/approvals/${id}`)).json()).state, approval);
}

/** A click waits for what can be clicked; these buttons stand there before they can. */
async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
}

describe('a call that needs a person', () => {
  it('approval.inbox: appears in the open inbox by itself, is approved with a passkey, and runs once', async () => {
    const { page } = owner;
    const { house, url } = stage();
    await page.goto(`${url}/approvals`);
    await page.getByText('Nothing waits for you.').waitFor();
    const approval = await house.ask('send_payment', payment('INV-1'));
    const row = page.getByRole('link', { name: 'invoice-bot wants to call payments/send_payment' });
    await row.waitFor();
    expect(await row.textContent()).toContain('EUR 1,240.00');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/approvals/${approval}`);
    const said = await page.locator('main').innerText();
    for (const value of Object.values(PAYMENT))
      if (value !== 'INV-2041') expect(said).toContain(String(value));
    expect(said).toContain('Arguments (4)');
    expect(paid()).toBe(0);

    await press(page, 'Approve once with passkey');
    await page.getByText('You have approved.').waitFor();
    const reply = await house.call('send_payment', payment('INV-1'));
    expect(reply.body).toContain('send_payment: done');
    expect(paid()).toBe(1);
    expect(await readState(page, approval)).toBe('released');
    await page.getByText('Approved and used once').waitFor();

    const again = await house.ask('send_payment', payment('INV-1'));
    expect(again).not.toBe(approval);
    expect(paid()).toBe(1);
  });

  it('approval.inert-controls: cannot be decided by a click meant for what stood there before', async () => {
    const { house } = stage();
    const approval = await house.ask('send_payment', payment('INV-2'));
    // A browser of its own: a clock that stands still stands still for all its pages.
    const other = await openBrowser();
    try {
      await other.context.addCookies(await owner.page.context().cookies());
      const page = await other.context.newPage();
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
      await open(page, approval);
      const posts: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(request.url());
      });
      const deny = page.getByRole('button', { name: 'Deny', exact: true });
      for (const button of [deny, page.getByRole('button', { name: 'Approve once with passkey' })]) {
        expect(await button.getAttribute('aria-disabled')).toBe('true');
        await button.click({ force: true });
      }
      await page.clock.runFor(700);
      await deny.click({ force: true });
      await page.clock.runFor(200);
      expect(await deny.getAttribute('aria-disabled')).toBe('false');
      // What moves the layout starts the rest anew.
      await page.setViewportSize({ width: 900, height: 700 });
      await eventually(() => deny.getAttribute('aria-disabled')).toBe('true');
      await deny.click({ force: true });
      expect(posts).toEqual([]);
    } finally {
      await other.close();
    }
    expect(await readState(owner.page, approval)).toBe('requested');
  });

  it('approval.no-single-key: is decided by no single key, and by no script', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', payment('INV-3'));
    await open(page, approval);
    const approve = page.getByRole('button', { name: 'Approve once with passkey' });
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('false');
    for (const key of ['a', 'd', 'y', 'Escape', 'a']) await page.keyboard.press(key);
    expect(await approve.evaluate((button) => button === document.activeElement)).toBe(true);
    await approve.evaluate((button: HTMLElement) => button.click());
    expect(await readState(page, approval)).toBe('requested');
    // The reasons that `d` opened have moved the page.
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('false');
    await page.keyboard.press('Enter');
    await page.getByText('You have approved.').waitFor();
  });

  it('approval.reason: is denied with a reason that the agent is told, and nothing runs', async () => {
    const { page } = owner;
    const { house } = stage();
    const before = paid();
    const approval = await house.ask('send_payment', payment('INV-4'));
    await open(page, approval);
    await page.getByText('Deny with a reason').click();
    await page.getByRole('textbox').fill('Wrong account');
    await press(page, 'Deny');
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    const reply = await house.call('send_payment', payment('INV-4'));
    expect(reply.body).toContain('approval.denied');
    expect(reply.body).toContain('Wrong account');
    expect(paid()).toBe(before);
    await page.goto(`${stage().url}/approvals?filter=history`);
    await page.getByText('denied', { exact: true }).first().waitFor();
  });

  it('approval.onlookers: can be seen but not decided by whoever is not named', async () => {
    const approval = await stage().house.ask('send_payment', payment('INV-5'));
    const auditor = await stage().join('Auditor', ['auditor']);
    await open(auditor.page, approval);
    expect(await auditor.page.locator('main').innerText()).toContain('INV-5');
    expect(await auditor.page.getByRole('button').count()).toBe(0);
    const forced = await auditor.page.evaluate(async (id) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`/v1/approvals/${id}/deny`, { method: 'POST', headers, body: '{}' });
      return [response.status, (await response.json()).code];
    }, approval);
    expect(forced[0]).toBe(403);
    expect(await readState(auditor.page, approval)).toBe('requested');
    expectCalm(auditor);
  });

  it('met nothing that the content security policy forbids', () => expectCalm(owner));
});
