// Makes docs/images/approval-*.png and inbox-*.png: a real request at a real server, at two widths, light and dark.
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type HttpReply,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  toolCall,
} from '@countersign/testkit';
import type { Page } from 'playwright-core';
import { joinWithBrowser } from './ground/join-with-browser.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor } from './ground/open-visitor.ts';
import { PAYMENT, PAYMENT_POLICY, PAYMENT_TOOLS } from './ground/payments-tools.ts';
import { readApproval } from './ground/start-house.ts';
import { everyRole } from './ground/use-stage.ts';

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const mostBytes = 150_000;
const variants = [
  [360, 'light'],
  [360, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const;

async function takeAll(page: Page, name: string, url: string, ready: string): Promise<void> {
  for (const [width, colorScheme] of variants) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await page.locator(ready).first().waitFor();
    await page.waitForTimeout(1_200);
    const path = `${folder}${name}-${width}-${colorScheme}.png`;
    await page.screenshot({ path });
    const { size } = statSync(path);
    if (size > mostBytes) throw new Error(`${path} has ${size} bytes, at most ${mostBytes} are meant`);
    console.log(`docs/images/${name}-${width}-${colorScheme}.png: ${size} bytes`);
  }
}

/** A server with an agent that has read and paid before, as it may in production. */
async function work(gateway: TestGateway, upstreamUrl: string) {
  await requireDone(
    gateway.operator('POST', '/v1/upstreams', {
      ...{ name: 'payments', kind: 'mcp-http', environment: 'production' },
      settings: { url: upstreamUrl, allowPrivate: true },
    }),
  );
  const classify = (tool: string, body: object) =>
    requireDone(
      gateway.operator('PUT', `/v1/upstreams/payments/tools/${tool}/classification`, {
        ...{ dataDomain: 'payments', ...body },
      }),
    );
  await classify('list_invoices', { effects: ['read'] });
  await classify('send_payment', {
    ...{ effects: ['spend'], reversibility: 'irreversible' },
    ...{ amountPointer: '/amount_minor', amountCurrency: '/currency' },
    sentence: 'Pay {/amount_minor} to {/to}[ for {/reference}]',
  });
  await gateway.activatePolicy(PAYMENT_POLICY.replace('quorum=1', 'quorum=2'));
  const prompt = 'Pay the invoices that are due this week.';
  const limits = { environments: ['production'], spendMinor: 500_000, currency: 'EUR' };
  const { agent, task } = await gateway.enrol({ name: 'invoice-bot', prompt, limits });
  const url = `${gateway.url}/mcp/payments`;
  const token = await agent.token({ task, resource: [url] });
  const call = (tool: string, args: object) => agent.send({ url, token, ...toolCall(tool, args) });
  await call('list_invoices', { customer: 'C-2041' });
  const second = await gateway.invite('Bo', ['approver']);
  for (const amount of [4_950, 12_000]) {
    const payment = { ...PAYMENT, to: 'DE02 1203 0000 0000 2020 51', amount_minor: amount };
    const approval = readApproval(await call('send_payment', payment));
    for (const person of [gateway.administrator, second]) await person.decide(approval, 'approve');
    await call('send_payment', payment);
  }
  return { second, ask: async (args: object) => readApproval(await call('send_payment', args)) };
}

async function requireDone(asked: Promise<HttpReply>): Promise<void> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`refused: ${status} ${body}`);
}

mkdirSync(folder, { recursive: true });
const upstream = await startPlainUpstream({
  tools: PAYMENT_TOOLS,
  call: () => ({ content: [{ type: 'text', text: 'done' }] }),
});
const gateway = await startGateway();
const { context, close } = await openBrowser();
try {
  const { ask, second } = await work(gateway, upstream.url);
  const invited = await gateway.operator('POST', '/v1/people', { displayName: 'Ada', roles: everyRole });
  const { page } = await openVisitor(context, gateway.url);
  await joinWithBrowser(page, (invited.json as { readonly link: string }).link);
  const approval = await ask(PAYMENT);
  await second.decide(approval, 'approve');
  await takeAll(page, 'approval', `${gateway.url}/approvals/${approval}`, '#deny');
  await ask({ ...PAYMENT, amount_minor: 4_950, to: 'DE89\u202e3704', reference: 'INV-2042' });
  await takeAll(page, 'inbox', `${gateway.url}/approvals`, 'main a');
} finally {
  await close();
  await gateway.stop();
  await upstream.close();
}
