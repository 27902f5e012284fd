// Makes docs/images/console.png: the real console of a real server, after an hour of work.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EnrolledAgent, toolCall } from '@countersign/testkit';
import { joinWithBrowser } from './ground/join-with-browser.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { type House, startHouse } from './ground/start-house.ts';
import { everyRole } from './ground/use-stage.ts';

const picture = fileURLToPath(new URL('../../docs/images/console.png', import.meta.url));
const mostBytes = 200_000;
const minute = 60_000;
const names = ['invoice-bot', 'refund-bot', 'month-end-report', 'support-triage'];

/** Calls with a task of its own, which lives no longer than these calls. */
async function work(house: House, { agent, delegation }: EnrolledAgent, calls: readonly [string, object][]) {
  const url = `${house.gateway.url}/mcp/payments`;
  const { id: task } = await agent.openTask({
    delegationId: delegation,
    purpose: 'Pay what is due this week',
  });
  const token = await agent.token({ task, resource: [url] });
  for (const [tool, args] of calls) {
    const { message, headers } = toolCall(tool, args);
    await agent.send({ url, token, message, headers });
  }
}

async function workAnHour(house: House): Promise<void> {
  const agents = [house.agent];
  for (const name of names.slice(1)) agents.push(await house.gateway.enrol({ name }));
  for (let minutes = 0; minutes < 54; minutes += 2) {
    const agent = agents[(minutes / 2) % agents.length];
    if (agent === undefined) continue;
    const reads = 1 + ((minutes * 7) % 5);
    const calls: [string, object][] = Array.from({ length: reads }, (_, n) => [
      'list_invoices',
      { customer: `C-${1_000 + minutes * 10 + n}` },
    ]);
    if (minutes % 18 === 4) calls.push(['delete_customer', { customer: `C-${1_000 + minutes}` }]);
    await work(house, agent, calls);
    house.gateway.advance(2 * minute);
  }
  const [first = house.agent, second = house.agent] = agents;
  await work(house, second, [
    [
      'send_payment',
      { to: 'DE02 1203 0000 0000 2020 51', amount_minor: 4_950, currency: 'EUR', reference: 'Refund R-88' },
    ],
  ]);
  house.gateway.advance(40_000);
  await work(house, first, [
    ['list_invoices', { customer: 'C-2041' }],
    ['send_payment', PAYMENT],
  ]);
}

const began = Date.now();
const house = await startHouse();
const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 } });
try {
  await workAnHour(house);
  // The browser's clock follows the server's, which the work has moved.
  const [newest] = await house.gateway.records({ limit: '1' });
  await context.clock.install({ time: Number(newest?.at ?? began) + 4_000 });
  const { page } = await openVisitor(context, house.gateway.url);
  await joinWithBrowser(page, await house.invite('Owner', everyRole));
  await page.locator('.stream tbody tr').nth(6).waitFor();
  await page.waitForTimeout(1_000);
  mkdirSync(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture });
} finally {
  await close();
  await house.stop();
}
const bytes = statSync(picture).size;
if (bytes > mostBytes) throw new Error(`the picture has ${bytes} bytes, at most ${mostBytes} are meant`);
console.log(`${join('docs', 'images', 'console.png')}: ${bytes} bytes`);
