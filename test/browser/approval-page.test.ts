import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { openBrowser } from './ground/open-browser.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const mostBytes = 25_000;
const stage = useStage({ agentName: 'refund-bot' });
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
});

const address = (approval: string) => `${stage().url}/approvals/${approval}`;

/** All that travelled for one address, headers included, as the browser counted it. */
async function measureTransfer(page: Page, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await session.detach();
  return bytes;
}

describe('the approval page', () => {
  it('approval.honest-page: shows a hostile argument for what it is, and runs none of it', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', {
      ...PAYMENT,
      to: 'DE89\u202e4321\u200b \u0430dmin',
      reference: '"><img src=x onerror=window.hit=1><script>window.hit=1</script></dd><button id=approve>OK',
    });
    await page.goto(address(approval));
    const said = await page.locator('main').innerText();
    for (const shown of ['U+202E', 'U+200B', 'mixed script', '<script>window.hit=1</script>', '<img src=x'])
      expect(said).toContain(shown);
    expect(said).toContain('hidden or misleading characters');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.locator('button').allTextContents()).toEqual([
      'Approve these with passkey',
      'Deny',
      'Approve once with passkey',
      'Stop now',
    ]);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    await page.goto(`${stage().url}/approvals`);
    const listed = page.getByRole('link', { name: 'refund-bot wants' });
    await listed.waitFor();
    expect(await listed.innerText()).toContain('U+202E');
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  it('approval.unfolded: lets nobody approve what is still folded', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', { ...PAYMENT, reference: 'x'.repeat(1_500) });
    await page.goto(address(approval));
    const approve = page.getByRole('button', { name: 'Approve once with passkey' });
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('false');
    await approve.click();
    await page.getByText('Some arguments are folded').waitFor();
    await page.keyboard.press('Enter');
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('true');
    await eventually(() => approve.getAttribute('aria-disabled')).toBe('false');
    await approve.click();
    await page.getByText('You have approved.').waitFor();
  });

  it('has no barrier and fits at 360 px, light and dark, open and decided', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', {
      ...PAYMENT,
      reference: 'a-word-that-never-ends'.repeat(20),
    });
    for (const [width, colorScheme] of [
      [360, 'light'],
      [360, 'dark'],
      [1280, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 740 });
      await page.emulateMedia({ colorScheme });
      await page.goto(address(approval));
      await eventually(() => page.locator('#deny').getAttribute('aria-disabled')).toBe('false');
      expect(await findBarriers(page), `${width} ${colorScheme}`).toEqual([]);
      expect(await measureOverflow(page)).toBe(0);
      await page.screenshot({ path: join('.cache', 'browser', `approval-${width}-${colorScheme}.png`) });
    }
    await page.locator('#deny').click();
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it('approval.page-size: weighs at most 25 kB with all it loads', async () => {
    const approval = await stage().house.ask('send_payment', { ...PAYMENT, reference: 'weighed' });
    const page = await stage().context.newPage();
    const bytes = await measureTransfer(page, address(approval));
    await page.close();
    expect(bytes).toBeGreaterThan(2_000);
    expect(bytes).toBeLessThanOrEqual(mostBytes);
  });

  it('approval.no-script: shows everything without scripts, and then decides nothing', async () => {
    const approval = await stage().house.ask('send_payment', { ...PAYMENT, reference: 'no scripts' });
    const cookies = await stage().context.cookies(stage().url);
    const plain = await openBrowser({ javaScriptEnabled: false });
    try {
      await plain.context.addCookies(cookies);
      const page = await plain.context.newPage();
      await page.goto(address(approval));
      const said = await page.locator('main').innerText();
      for (const shown of ['no scripts', PAYMENT.to, 'Deciding needs JavaScript'])
        expect(said).toContain(shown);
      expect(await page.locator('form, meta[http-equiv]').count()).toBe(0);
      await page.locator('#approve').click({ force: true });
      await page.locator('#deny').click({ force: true });
      expect(page.url()).toBe(address(approval));
    } finally {
      await plain.close();
    }
    const { status, json } = await stage().house.gateway.operator('GET', `/v1/approvals/${approval}`);
    expect([status, (json as { readonly state: string }).state]).toEqual([200, 'requested']);
  });

  it('met nothing that the content security policy forbids', () => expectCalm(owner));
});
