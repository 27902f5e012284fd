import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FakePushService,
  readQrCode,
  startFakePushService,
  startGateway,
  type TestGateway,
} from '@countersign/testkit';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor, type Visitor } from './ground/open-visitor.ts';

describe('channels.phone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-phone-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let push: FakePushService;
  let gateway: TestGateway;
  let context: BrowserContext;
  let dana: Visitor;

  beforeAll(async () => {
    push = await startFakePushService();
    ends.push(() => push.close());
    const configFile = join(folder, 'countersign.yaml');
    const contact = 'mailto:security@example.test';
    const channels = [{ kind: 'web-push', contact, services: [push.origin] }];
    writeFileSync(configFile, JSON.stringify({ approvals: { channels } }));
    gateway = await startGateway({ configFile });
    ends.push(() => gateway.stop());
    const browser = await openBrowser();
    ends.push(() => browser.close());
    context = browser.context;
    await context.grantPermissions(['notifications'], { origin: gateway.url });
    dana = await openVisitor(context, gateway.url);
    const person = { displayName: 'Dana', roles: ['approver'] };
    const { link } = (await gateway.operator('POST', '/v1/people', person)).json as { link: string };
    await dana.page.goto(link);
    await dana.page.getByRole('button', { name: 'Make a passkey' }).click();
    await dana.page.waitForURL((url) => url.pathname === '/');
  }, 120_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** This browser reaches no push service but knows the rest: only the subscription comes from elsewhere. */
  async function subscribeElsewhere(page: Page): Promise<void> {
    const made = push.subscribe();
    await page.addInitScript((subscription) => {
      PushManager.prototype.subscribe = async (options) => {
        if (options?.userVisibleOnly !== true || typeof options.applicationServerKey !== 'string')
          throw new TypeError('not as the page must ask');
        return { toJSON: () => subscription } as unknown as PushSubscription;
      };
    }, made);
  }

  it('has a code that leads to it, can be installed, and is fit for everybody', async () => {
    const { page } = dana;
    await subscribeElsewhere(page);
    await page.goto(`${gateway.url}/phone`);
    const code = page.getByRole('img', { name: 'QR code' });
    const size = Number((await code.getAttribute('viewBox'))?.split(' ').at(-1));
    const path = (await code.locator('path').getAttribute('d')) ?? '';
    expect(readQrCode(path, size)).toBe(`${gateway.url}/phone`);
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(JSON.parse(data ?? '{}')).toMatchObject({ display: 'standalone', start_url: '/phone' });
    expect(await findBarriers(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await measureOverflow(page)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('adds this browser, whose worker shows what arrives and puts the end in its place', async () => {
    const { page } = dana;
    const session = await context.newCDPSession(page);
    const registrations: { registrationId: string; scopeURL: string }[] = [];
    session.on('ServiceWorker.workerRegistrationUpdated', (event) =>
      registrations.push(...event.registrations),
    );
    await session.send('ServiceWorker.enable');
    await page.getByLabel('Name of this device').fill('Test phone');
    await page.getByRole('button', { name: 'Tell me on this device' }).click();
    await page.getByRole('button', { name: 'Remove Test phone' }).waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('A test is on its way').waitFor();
    const arrived = JSON.parse(push.pushed[0]?.text ?? '{}');
    const registrationId = registrations.at(-1)?.registrationId ?? '';
    expect(registrations.at(-1)?.scopeURL).toBe(`${gateway.url}/phone`);
    const deliver = (data: string) =>
      session.send('ServiceWorker.deliverPushMessage', { origin: gateway.url, registrationId, data });
    // What a browser without a desktop lists as shown depends on when it is asked, so the worker itself is watched.
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    await worker.evaluate(() => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      const { kept } = Object.assign(globalThis, { kept: [] as unknown[] });
      registration.showNotification = async (title, options) => {
        const { body, tag, silent } = options ?? {};
        kept.push({ title, body, tag, silent });
      };
    });
    const readShown = () => worker.evaluate(() => (globalThis as unknown as { kept: unknown[] }).kept);
    const { title, body, tag } = arrived;
    await deliver(JSON.stringify(arrived));
    await eventually(readShown).toEqual([{ title, body, tag, silent: false }]);
    await deliver(JSON.stringify({ ...arrived, body: 'Approved by Dana Okoye', urgent: false }));
    const end = { title, body: 'Approved by Dana Okoye', tag, silent: true };
    await eventually(readShown).toEqual([{ title, body, tag, silent: false }, end]);
    await page.getByRole('button', { name: 'Remove Test phone' }).click();
    await page.getByText('None yet.').waitFor();
    expect(dana.problems).toEqual([]);
  });

  it('is shown to nobody who is not signed in', async () => {
    const response = await fetch(`${gateway.url}/phone`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/sign-in?return=%2Fphone');
  });
});
