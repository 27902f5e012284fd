import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type RunningServer, startServer } from '@countersign/server';
import { type SignInIssuer, serveLoopback, startSignInIssuer } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor, type Visitor } from './ground/open-visitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-single-sign-on-'));
let server: RunningServer;
let issuer: SignInIssuer;
let administrator: Visitor;
let bo: Visitor;
const closing: (() => Promise<void>)[] = [];

/** A port that is free now, so that the issuer can know the console before it starts. */
async function findPort(): Promise<number> {
  const probe = await serveLoopback((_request, _body, response) => response.end());
  await probe.close();
  return Number(new URL(probe.url).port);
}

beforeAll(async () => {
  const environment = { COUNTERSIGN_LOG_LEVEL: 'silent' };
  const port = await findPort();
  issuer = await startSignInIssuer({
    redirectUri: `http://localhost:${port}/sign-in/oidc/callback`,
    accounts: { bo: { name: 'Bo', email: 'bo@example.test', email_verified: true, groups: ['finance'] } },
  });
  closing.push(() => issuer.close());
  const loaded = loadConfig({ environment, flags: { server: { port }, data: { folder } } });
  const oidc = {
    ...{ issuer: issuer.url, clientId: issuer.clientId, scopes: ['openid'], preset: 'standard' as const },
    ...{ claims: {}, tenants: [], join: 'invited' as const, enrolPasskey: 'on' as const },
    ...{ clockSkewSeconds: 30, endpointHosts: [], allowPrivate: true },
  };
  server = await startServer({ config: { ...loaded, people: { ...loaded.people, oidc } }, environment });
  closing.push(() => server.stop());
  const [one, two] = [await openBrowser(), await openBrowser({ viewport: { width: 360, height: 780 } })];
  closing.push(one.close, two.close);
  administrator = await openVisitor(one.context, server.url);
  bo = await openVisitor(two.context, server.url);
  await administrator.page.goto(server.firstAdministrator?.link ?? '');
  await administrator.page.getByRole('button', { name: 'Make a passkey' }).click();
  await administrator.page.waitForURL((url) => url.pathname === '/');
}, 120_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

describe('person.single-sign-on', () => {
  it('offers the issuer beside the passkey, on a page without barriers at 360 px', async () => {
    const { page } = bo;
    await page.goto(`${server.url}/sign-in?return=/account`);
    await page.getByRole('link', { name: 'Single sign-on' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(await measureOverflow(page)).toBe(0);
  });

  it('signs an invited person in there, who makes a passkey that waits for an administrator', async () => {
    const invited = await administrator.page.evaluate(async () => {
      const body = { displayName: 'Bo', email: 'bo@example.test', roles: ['approver'] };
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/v1/people', { method: 'POST', headers, body: JSON.stringify(body) })).status;
    });
    expect(invited).toBe(201);
    const { page } = bo;
    await page.getByRole('link', { name: 'Single sign-on' }).click();
    await page.getByRole('link', { name: 'bo' }).click();
    await page.waitForURL(`${server.url}/account`);
    await page.getByText('You have none').waitFor();
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.getByText('Does not count yet').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(await measureOverflow(page)).toBe(0);
  });

  it('counts once the administrator typed the code that the person reads out', async () => {
    const code = (await bo.page.locator('code').textContent()) ?? '';
    const { page } = administrator;
    await page.goto(`${server.url}/account`);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Code that Bo reads').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Let it count' }).click();
    await page.getByLabel('Code that Bo reads').waitFor({ state: 'detached' });
    await bo.page.reload();
    await bo.page.getByText('Does not count yet').waitFor({ state: 'detached' });
    // From now on the passkey lifts the session to what changes authority: another one is added with it.
    await bo.page.getByRole('button', { name: 'Add a passkey' }).waitFor();
  });

  it('lists where a person is signed in, and met no script that failed', async () => {
    await bo.page.getByText('by single sign-on').waitFor();
    const issued = (problem: string): boolean => problem.startsWith(`request: ${issuer.url}`);
    expect(bo.problems.filter((problem) => !issued(problem))).toEqual([]);
    expect(administrator.problems).toEqual([]);
  });
});
