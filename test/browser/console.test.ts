import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const hostile = '\u202ecod.exe \u200b<img src=x onerror=window.hit=1>';
const stage = useStage();
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
  const { house } = stage();
  await house.call('list_invoices', { customer: hostile });
  await house.call('delete_customer', { customer: 'c-1' });
  await house.ask('send_payment', PAYMENT);
});

beforeEach(() => owner.page.setViewportSize({ width: 1280, height: 800 }));

const agentId = () => stage().house.agent.agent.agentId;
const visit = (path: string) => owner.page.goto(`${stage().url}${path}`);

async function findRecord(kind: string): Promise<string> {
  const [record] = await stage().house.gateway.records({ kind });
  if (record === undefined) throw new Error(`no ${kind} yet`);
  return record.id;
}

describe('console.accessible: every page', () => {
  it.each([
    [1280, 800, 'light'],
    [360, 740, 'dark'],
  ] as const)(
    'has no barrier, fits, and keeps its policy at %i by %i, %s',
    async (width, height, colorScheme) => {
      const { page } = owner;
      const pages: Readonly<Record<string, string>> = {
        now: '/',
        approvals: '/approvals',
        history: '/approvals?filter=history',
        agents: '/agents',
        agent: `/agents/${agentId()}`,
        ledger: '/ledger',
        record: `/ledger/${await findRecord('action.decision')}`,
        stops: '/signals?state=all',
        stop: `/?stop=agent:${agentId()}`,
        lost: '/nothing-here',
      };
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      for (const [name, path] of Object.entries(pages)) {
        await visit(path);
        await page.locator('main :is(h1, h2):visible').first().waitFor();
        // A page that listens is never idle; this is long enough for what it reads first.
        await page.waitForTimeout(400);
        expect(await findBarriers(page), name).toEqual([]);
        expect(await measureOverflow(page), name).toBe(0);
        await page.screenshot({ path: join('.cache', 'browser', `${name}-${width}.png`) });
      }
      expectCalm(owner);
    },
  );
});

describe('console.live', () => {
  it('says how things stand and shows each decision as it is made', async () => {
    const { page } = owner;
    await visit('/');
    await expect
      .poll(() => page.locator('h1').innerText())
      .toContain('1 agent may act, 1 request waits for people');
    await page.getByText('live', { exact: true }).waitFor();
    const rows = page.locator('.stream tbody tr');
    const before = await rows.count();
    await stage().house.call('list_invoices', { customer: 'just now' });
    await eventually(() => rows.count()).toBe(before + 1);
    await expect
      .poll(() => rows.first().innerText())
      .toMatch(/allow[\s\S]*payments\/list_invoices[\s\S]*just now[\s\S]*done/);
    await page.getByRole('navigation', { name: 'Which decisions' }).getByText('deny').click();
    await page.waitForURL(`${stage().url}/?show=deny`);
    const chosen = page.locator('.choices [aria-current="page"]');
    await eventually(() => chosen.allInnerTexts()).toEqual([expect.stringContaining('deny')]);
    expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('delete_customer')]);
  });
});

describe('agents', () => {
  it('lie open beside their list, with what they may do in plain words', async () => {
    const { page } = owner;
    await visit('/agents');
    const row = page.getByRole('row', { name: 'invoice-bot' });
    expect(await row.innerText()).toMatch(/Administrator[\s\S]*development[\s\S]*active/);
    await row.getByRole('link', { name: 'invoice-bot' }).click();
    await page.waitForURL(`${stage().url}/agents/${agentId()}`);
    const panel = page.locator('.panel');
    await panel.getByText('May call every tool on every upstream.').waitFor();
    await panel.getByText('P-256').waitFor();
    await panel.getByText('A test').waitFor();
    await panel.getByText(`countersign agents show ${agentId()}`).waitFor();
    expect(await row.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${stage().url}/agents`);
  });
});

describe('console.evidence: the ledger', () => {
  it('finds any id, and leads from a record to its causes and its proof', async () => {
    const { page } = owner;
    const denied = (
      await stage().house.gateway.records({ kind: 'action.decision', tool: 'payments/delete_customer' })
    )[0];
    await visit('/ledger');
    await page.getByText('live', { exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(String(denied?.action));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stage().url}/ledger?q=${denied?.action}`);
    const kinds = page.locator('.records tbody code');
    await eventually(() => kinds.allInnerTexts()).toEqual(['action.decision', 'action.intent']);
    await kinds.first().click();
    const panel = page.locator('.panel');
    await panel.getByText('payments:no-deleting-customers').first().waitFor();
    await panel.getByText('Its path leads to the signed root.').waitFor();
    await panel.getByRole('listitem').getByRole('link', { name: 'action.intent' }).first().click();
    await panel.getByRole('heading', { name: 'action.intent' }).waitFor();
    await panel.getByText('delete_customer').first().waitFor();
    await page.reload();
    await panel.getByRole('heading', { name: 'action.intent' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe(String(denied?.action));
  });

  it('shows what an agent wrote for what it is', async () => {
    const { page } = owner;
    const [intent] = await stage()
      .house.gateway.records({ kind: 'action.intent', tool: 'payments/list_invoices' })
      .then((found) => found.toReversed());
    await visit(`/ledger/${intent?.id}`);
    const panel = page.locator('.panel');
    await panel.getByText('U+202E').waitFor();
    expect(await panel.innerText()).toContain('U+200B');
    expect(await panel.innerText()).toContain('<img src=x onerror=window.hit=1>');
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });
});

describe('console.keyboard', () => {
  it('goes, moves, opens, searches and helps', async () => {
    const { page } = owner;
    await visit('/');
    await page.getByText('live', { exact: true }).waitFor();
    for (const [key, path] of [
      ['l', '/ledger'],
      ['a', '/approvals'],
      ['s', '/signals'],
      ['g', '/agents'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.waitForURL(`${stage().url}${path}`);
    }
    await page.getByRole('row', { name: 'invoice-bot' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stage().url}/agents/${agentId()}`);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.type('gl');
    expect(new URL(page.url()).pathname).toBe(`/agents/${agentId()}`);
  });
});

describe('console.roles: a person with one role', () => {
  it('is offered only what that role may see', async () => {
    const approver = await stage().join('Approver', ['approver']);
    const names = await approver.page.locator('.rail a').allInnerTexts();
    expect(names.map((name) => name.split('\n')[0])).toEqual(['Now', 'Approvals', 'Tools', 'Stops']);
    await approver.page.getByText('Waiting for you').waitFor();
    expect(await approver.page.getByText('Decisions').count()).toBe(0);
    expectCalm(approver);
  });
});
