import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRawClient, type RawClient } from '@countersign/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { openBrowser } from './ground/open-browser.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, useStage } from './ground/use-stage.ts';

const stage = useStage();
let owner: Visitor;
let application: Server;
let redirectUri: string;
let clientId: string;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
  application = createServer((_request, response) => response.end('back in the application'));
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  redirectUri = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
  const body = { name: 'Code editor', redirectUris: [redirectUri] };
  const added = await stage().house.gateway.operator('POST', '/v1/tokens/clients', body);
  clientId = (added.json as { readonly id: string }).id;
});
afterAll(() => {
  application?.closeAllConnections();
  application?.close();
});

const createClient = (): RawClient =>
  createRawClient({ url: stage().url, clientId, redirectUri, resource: `${stage().url}/mcp/payments` });
const allow = (page: Page) => page.getByRole('button', { name: 'Allow this with passkey' });
const ready = (page: Page) => eventually(() => allow(page).getAttribute('aria-disabled')).toBe('false');

async function comeBack(page: Page): Promise<URL> {
  await page.waitForURL((url) => url.href.startsWith(redirectUri));
  return new URL(page.url());
}

describe('token.consent-page: a person allows a client in a browser', () => {
  it('with a passkey, and the client gets its token', async () => {
    const client = createClient();
    const { page } = owner;
    await page.goto(client.link());
    await page.getByRole('heading', { name: 'Code editor wants to act for you in payments' }).waitFor();
    const said = await page.locator('main').innerText();
    expect(said).toContain('May use 1 tool: payments/list_invoices.');
    await ready(page);
    await allow(page).click();
    const back = await comeBack(page);
    expect(back.searchParams.get('state')).toBe(client.state);
    expect((await client.exchange(back.searchParams.get('code') ?? '')).status).toBe(200);
  });

  it('coming from another site and signed out, signs in on the way', async () => {
    const client = createClient();
    const { page } = owner;
    await page.goto(stage().url);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
    await page.goto(redirectUri);
    await page.evaluate((link) => location.assign(link), client.link());
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await ready(page);
    await page.getByRole('button', { name: 'Deny' }).click();
    expect((await comeBack(page)).searchParams.get('error')).toBe('access_denied');
  });

  it('is inert at first and after a change, and shows a change before it can be signed', async () => {
    const client = createClient();
    const { page } = owner;
    await page.goto(client.link());
    expect(await allow(page).getAttribute('aria-disabled')).toBe('true');
    await ready(page);
    await page.getByText('Change what it may do').click();
    await page.getByRole('checkbox', { name: 'send_payment' }).check();
    expect(await allow(page).getAttribute('aria-disabled')).toBe('true');
    await page.waitForTimeout(1_000);
    expect(await allow(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Apply and show' }).click();
    await page.getByText('needs an amount and its currency').waitFor();
    await page.getByLabel('At most this much money').fill('5000');
    await page.getByLabel('In this currency').fill('eur');
    await page.getByLabel('For how long').selectOption('86400');
    await page.waitForTimeout(1_000);
    await page.getByRole('button', { name: 'Apply and show' }).click();
    await page.getByText('May use 2 tools').waitFor();
    await page.getByText('May spend at most 5000 minor units of EUR.').waitFor();
    await ready(page);
    await allow(page).click();
    await comeBack(page);
    const [created] = await stage().house.gateway.records({ kind: 'delegation.created', limit: '1' });
    expect(created).toMatchObject({ body: { limits: { spendMinor: 5000, currency: 'EUR' } } });
  });

  it('asks in one window at a time', async () => {
    const { page } = owner;
    await page.goto(createClient().link());
    await ready(page);
    const second = await stage().context.newPage();
    await second.goto(createClient().link());
    await second.getByRole('heading', { name: 'asking you already' }).waitFor();
    expect(await findBarriers(second)).toEqual([]);
    const restart = second.getByRole('button', { name: 'Give it up and go on here' });
    await eventually(() => restart.getAttribute('aria-disabled')).toBe('false');
    await restart.click();
    await allow(second).waitFor();
    await second.close();
    await page.reload();
    await page.getByText('Given up for another window').waitFor();
  });

  it('has no barrier and fits at 360 px, light and dark', async () => {
    const { page } = owner;
    const client = createClient();
    for (const [width, colorScheme] of [
      [360, 'light'],
      [360, 'dark'],
      [1280, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 740 });
      await page.emulateMedia({ colorScheme });
      await page.goto(client.link());
      const busy = page.getByRole('button', { name: 'Give it up and go on here' });
      if (await busy.isVisible()) {
        await eventually(() => busy.getAttribute('aria-disabled')).toBe('false');
        await busy.click();
      }
      await ready(page);
      await page.getByText('Change what it may do').click();
      expect(await findBarriers(page), `${width} ${colorScheme}`).toEqual([]);
      expect(await measureOverflow(page)).toBe(0);
      await page.screenshot({
        path: join('.cache', 'browser', `consent-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  });

  it('shows everything without scripts, and then decides nothing', async () => {
    const cookies = await stage().context.cookies(stage().url);
    const plain = await openBrowser({ javaScriptEnabled: false });
    try {
      await plain.context.addCookies(cookies);
      const page = await plain.context.newPage();
      await page.goto(owner.page.url());
      const said = await page.locator('main').innerText();
      for (const shown of ['Code editor', 'May use 2 tools', 'Deciding needs JavaScript'])
        expect(said).toContain(shown);
      await page.locator('#allow').click({ force: true });
      expect(page.url()).toBe(owner.page.url());
    } finally {
      await plain.close();
    }
  });

  it('met nothing that the content security policy forbids', () => {
    const own = owner.problems.filter((problem) => !problem.startsWith(`request: ${redirectUri}`));
    expect(own.filter((problem) => !problem.includes('favicon.ico'))).toEqual([]);
  });
});
