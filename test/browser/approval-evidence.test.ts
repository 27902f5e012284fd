import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage({ agentName: 'refund-bot' });
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
});

const payment = (reference: string) => ({ ...PAYMENT, reference });

async function open(approval: string): Promise<void> {
  await owner.page.goto(`${stage().url}/approvals/${approval}`);
  await eventually(() => owner.page.locator('#deny').getAttribute('aria-disabled')).toBe('false');
}

describe('the evidence on the approval page', () => {
  it('approval.page-evidence: stands in the order in which one decides', async () => {
    const secret = `ghp_${'a'.repeat(32)}4421`;
    const approval = await stage().house.ask('send_payment', { ...PAYMENT, reference: secret });
    await open(approval);
    const said = await owner.page.locator('main').innerText();
    const order = [
      'tier 2 of 3',
      'refund-bot wants to',
      'spends money',
      'Task',
      'Arguments (4)',
      'How it got here',
    ];
    const places = [...order, 'On whose authority', 'Who decides', 'Match code'].map((text) =>
      said.indexOf(text),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(said).toContain('Owner may still decide');
    expect(said).toContain('secret, 40 characters, ends in 4421');
    expect(await owner.page.content()).not.toContain(secret);
  });

  it('approval.page-live: shows who decided on every copy, and keeps how long its person read', async () => {
    const { house } = stage();
    const approval = await house.ask('send_payment', payment('INV-7'));
    await open(approval);
    await house.gateway.administrator.decide(approval, 'deny', undefined, {
      reading: { milliseconds: 4_000_000, opened: 2 },
    });
    await owner.page.getByRole('heading', { name: 'Denied' }).waitFor();
    expect(await owner.page.locator('#deciders + .deciders').innerText()).toContain(
      'Administrator denied at',
    );
  });

  it('approval.page-stop: stops the agent with a reason, by a press of its own', async () => {
    const { house } = stage();
    const approval = await house.ask('send_payment', payment('INV-8'));
    await open(approval);
    await owner.page.getByText('Stop…').click();
    const stop = owner.page.getByRole('button', { name: 'Stop now' });
    await eventually(() => stop.getAttribute('aria-disabled')).toBe('false');
    await stop.click();
    await owner.page.getByText('Say why: the record keeps it.').waitFor();
    await owner.page.getByLabel('Reason, for the record').fill('It pays people whom nobody knows');
    await eventually(() => stop.getAttribute('aria-disabled')).toBe('false');
    await stop.click();
    await owner.page.getByText('Stopped.').waitFor();
    const reply = await house.call('list_invoices', {});
    expect(reply.body).toContain('stopped');
    const { json } = await house.gateway.operator('GET', '/v1/signals');
    const [stopped] = (json as { readonly items: readonly { readonly id: string; readonly scope: string }[] })
      .items;
    expect(stopped?.scope).toBe('agent');
    await house.gateway.administrator.request('POST', `/v1/signals/${stopped?.id}/lift`, {
      reason: 'tested',
    });
  });

  it('approval.reasons: opens the reasons with a key, which decides nothing, and sends what is chosen', async () => {
    const { house } = stage();
    const approval = await house.ask('send_payment', payment('INV-9'));
    await open(approval);
    await owner.page.keyboard.press('d');
    await eventually(() =>
      owner.page.locator('#why').evaluate((field) => field === document.activeElement),
    ).toBe(true);
    await owner.page.getByLabel('Why').selectOption('Wrong recipient');
    await owner.page.getByLabel('Told to the agent').fill('ask Ada first');
    await owner.page.keyboard.press('Escape');
    await eventually(() => owner.page.locator('#deny').getAttribute('aria-disabled')).toBe('false');
    await owner.page.keyboard.press('Enter');
    await owner.page.getByText('Wrong recipient: ask Ada first').waitFor();
    expect((await house.call('send_payment', payment('INV-9'))).body).toContain(
      'Wrong recipient: ask Ada first',
    );
  });

  it('approval.page-forced-colours: has no barrier anywhere it is looked at', async () => {
    const { page } = owner;
    const approval = await stage().house.ask('send_payment', payment('x'.repeat(900)));
    for (const path of [`/approvals/${approval}`, '/approvals']) {
      for (const [width, colorScheme, forcedColors] of [
        [360, 'dark', 'none'],
        [1280, 'dark', 'none'],
        [1280, 'light', 'active'],
      ] as const) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme, forcedColors });
        await page.goto(`${stage().url}${path}`);
        await page.getByText('refund-bot').first().waitFor();
        await page.waitForTimeout(900);
        expect(await findBarriers(page), `${path} ${width} ${colorScheme}`).toEqual([]);
        expect(await measureOverflow(page)).toBe(0);
      }
    }
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
  });

  it('met nothing that the content security policy forbids', () => expectCalm(owner));
});
