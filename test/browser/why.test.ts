import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const hostile = '\u202ecod.exe <img src=x onerror=window.hit=1>';
const stage = useStage();
let owner: Visitor;
let outcome: string;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
  await stage().house.call('list_invoices', { customer: hostile });
  const [record] = await stage().house.gateway.records({ kind: 'action.outcome' });
  if (record === undefined) throw new Error('no outcome yet');
  outcome = record.id;
});

const visit = (path: string) => owner.page.goto(`${stage().url}${path}`);
const panel = () => owner.page.locator('.panel');

describe('console.why', () => {
  it('steps by key from an effect to its causes and back, and keeps the way in the address', async () => {
    const { page } = owner;
    await visit(`/ledger/${outcome}`);
    await panel().getByRole('heading', { name: 'action.outcome' }).waitFor();
    await page.keyboard.press('b');
    await page.waitForURL(`${stage().url}/ledger/${outcome}?walk=why`);
    await panel().getByRole('status').getByText('records').waitFor();
    const said = await panel().innerText();
    expect(said).toContain('payments/list_invoices was asked for');
    expect(said).toContain('task.opened');
    expect(said).toContain('delegation.created');
    expect(said).toContain('U+202E');
    expect(said).toContain('Not known');
    expect(said).toContain(`countersign ledger why ${outcome}`);
    await page.keyboard.press('b');
    await eventually(() => page.url()).not.toContain(outcome);
    expect(page.url()).toMatch(/\/ledger\/rec_\w+\?walk=why$/);
    await page.keyboard.press('Shift+B');
    await page.waitForURL(`${stage().url}/ledger/${outcome}?walk=why`);
    await page.keyboard.press('f');
    await page.waitForURL(`${stage().url}/ledger/${outcome}?walk=impact`);
    await panel().getByText('Nothing has followed from it.').waitFor();
    await page.reload();
    await panel().getByText('Nothing has followed from it.').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${stage().url}/ledger`);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expectCalm(owner);
  });

  it('walks from an action, too', async () => {
    const [record] = await stage().house.gateway.records({ kind: 'action.outcome' });
    await visit(`/ledger/${record?.action}?walk=why`);
    await panel().getByText(`countersign ledger why ${outcome}`).waitFor();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)('has no barrier and fits at %i, %s, whatever it shows', async (width, colorScheme) => {
    const { page } = owner;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const api = '**/v1/ledger/records/*/why*';
    const look = async (name: string, text: string) => {
      await visit(`/ledger/${outcome}?walk=why`);
      await panel().getByText(text).first().waitFor();
      expect(await findBarriers(page), name).toEqual([]);
      expect(await measureOverflow(page), name).toBe(0);
      await page.screenshot({ path: join('.cache', 'browser', `why-${name}-${width}-${colorScheme}.png`) });
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    };
    await look('loaded', 'Not known');
    await page.route(api, () => undefined);
    await look('loading', 'Walking through the ledger…');
    await page.route(api, (route) =>
      route.fulfill({
        status: 404,
        json: { code: 'ledger.record_not_found', title: 'There is no such record' },
      }),
    );
    await look('failed', 'ledger.record_not_found');
    const lost = { at: 1, causes: [], seq: 1, kind: 'action.outcome' };
    const nodes = [
      { record: { ...lost, id: outcome, erased: false, upstream: 'payments' }, distance: 0 },
      { record: { ...lost, id: 'rec_erased', erased: true }, distance: 1 },
      { record: { ...lost, id: 'rec_damaged', erased: false, damaged: true }, distance: 1 },
    ];
    const edges = ['rec_erased', 'rec_damaged'].map((from) => ({ from, to: outcome, link: 'cause' }));
    const graph = { record: nodes[0]?.record, nodes, edges, gaps: [], truncated: true };
    await page.route(api, (route) => route.fulfill({ json: graph }));
    await look('lost', 'What it said was erased');
    const alone = { ...graph, nodes: nodes.slice(0, 1), edges: [], truncated: false };
    await page.route(api, (route) => route.fulfill({ json: graph }));
    await visit(`/ledger/${outcome}?walk=why`);
    await panel().getByText('What is stored of it is not what was recorded.').waitFor();
    await panel().getByText('There is more than was walked').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route(api, (route) => route.fulfill({ json: alone }));
    await look('empty', 'Nothing before it');
  });
});

describe('console.download: what a search finds', () => {
  it('is taken as CSV and as JSON lines', async () => {
    const { page } = owner;
    await visit('/ledger?q=kind%3Aaction.outcome');
    for (const [name, file] of [
      ['CSV', 'countersign-records.csv'],
      ['JSON lines', 'countersign-records.ndjson'],
    ] as const) {
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      const taken = await waiting;
      expect(taken.suggestedFilename()).toBe(file);
      expect(await readFile(await taken.path(), 'utf8')).toContain(outcome);
    }
    expect(await findBarriers(page)).toEqual([]);
  });
});
