import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type RunningServer, startServer } from '@countersign/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { joinWithBrowser } from './ground/join-with-browser.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor, type Visitor } from './ground/open-visitor.ts';
import { expectCalm } from './ground/use-stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-browser-house-'));
let server: RunningServer;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let visitor: Visitor;

beforeAll(async () => {
  const environment = { COUNTERSIGN_LOG_LEVEL: 'silent' };
  const flags = { server: { port: 0 }, data: { folder } };
  server = await startServer({ config: loadConfig({ environment, flags }), environment });
  browser = await openBrowser();
  visitor = await openVisitor(browser.context, server.url);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const link = (): string => {
  const { firstAdministrator } = server;
  if (!firstAdministrator) throw new Error('somebody has joined already');
  return firstAdministrator.link;
};

describe('person.first-administrator', () => {
  it('there is nobody yet: every page leads to the sign-in page', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/ledger?q=payments`);
    await page.waitForURL(`${server.url}/sign-in?return=%2Fledger%3Fq%3Dpayments`);
    expect(await findBarriers(page)).toEqual([]);
    expect(await measureOverflow(page)).toBe(0);
  });

  it('joins by the one-time link, which leaves the address bar at once', async () => {
    const { page } = visitor;
    await page.goto(link());
    expect(new URL(page.url()).hash).toBe('');
    expect(await findBarriers(page)).toEqual([]);
    // The page took the token out of its address, so it is opened anew.
    await page.goto('about:blank');
    await joinWithBrowser(page, link(), 'Owner');
    expect(await page.locator('.me').textContent()).toBe('Owner');
  });

  it('finds empty pages that name the command which fills them', async () => {
    const { page } = visitor;
    await expect
      .poll(() => page.locator('h1').textContent())
      .toBe('0 agents may act, nothing waits for people, and nothing is stopped.');
    await page.getByRole('link', { name: 'Agents', exact: true }).click();
    await page.getByText('countersign agents register').waitFor();
    await page.getByRole('link', { name: 'Approvals', exact: true }).click();
    await page.getByText('Nothing waits for you.').waitFor();
    await page.getByRole('link', { name: 'Stops', exact: true }).click();
    await page.getByText('Nothing is stopped.').waitFor();
  });

  it('signs out and in again, and comes back to where it was', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${server.url}/sign-in`);
    await page.goto(`${server.url}/signals?state=all`);
    await page.waitForURL((url) => url.pathname === '/sign-in');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${server.url}/signals?state=all`);
    await page.getByRole('heading', { name: 'Stops' }).waitFor();
  });

  it('is the only one whom the link lets in', async () => {
    const { page } = visitor;
    await page.goto(link());
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await eventually(() => page.locator('#message').textContent()).not.toBe('');
    expect(new URL(page.url()).pathname).toBe('/join');
    const { items } = await page.evaluate(async () => (await fetch('/v1/people')).json());
    expect(items).toHaveLength(1);
  });

  it('met no script that failed and nothing from elsewhere', () => {
    const elsewhere = visitor.problems.filter((problem) => problem !== 'request: about:blank');
    expect(elsewhere).toEqual([]);
    expectCalm({ ...visitor, problems: elsewhere });
  });
});
