import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeTestBundle, type TestBundle } from '@countersign/testkit';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../scripts/check/tree.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { openBrowser } from './ground/open-browser.ts';

const hostile = 'Pay \u202eecnis\u200b<img src=x onerror=window.hit=1><script>window.hit=2</script>';
const folder = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
const viewer = pathToFileURL(join(repositoryRoot, 'packages/console/dist/bundle-viewer.html')).href;
const requests: string[] = [];
const complaints: string[] = [];
let bundle: TestBundle;
let context: BrowserContext;
let page: Page;
let close: () => Promise<void>;

beforeAll(async () => {
  bundle = await makeTestBundle({ text: hostile, others: 20 });
  ({ context, close } = await openBrowser());
  await context.setOffline(true);
  page = await context.newPage();
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
}, 60_000);

afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function read(name: string, lines: readonly string[], vkey = ''): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  await page.goto(viewer);
  if (vkey !== '') await page.getByLabel('Verifier key').fill(vkey);
  await page.getByLabel('Bundle').setInputFiles(file);
  await page.locator('#verdict, [role=alert]').first().waitFor();
  return page.locator('#result').innerText();
}

describe('console.bundle-offline', () => {
  it('verifies a bundle in a file of its own, without a server or a network', async () => {
    const said = await read('good.bundle', bundle.lines, bundle.vkey);
    expect(said).toContain('Verified');
    expect(said).toContain('13, in the signed tree of 53');
    expect(said).toContain('each yes is a passkey’s signature over the text');
    expect(said).not.toContain('Checked with the key that the bundle itself names');
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  it('brings all it needs, and a policy that lets it load nothing', () => {
    const text = readFileSync(new URL(viewer), 'utf8');
    expect(text).toContain("default-src 'none'; script-src 'sha256-");
    expect(text).not.toMatch(/\b(?:src|href)="|\bfetch\(|XMLHttpRequest|WebSocket|innerHTML|outerHTML/);
  });

  it('walks from the effect to the person and the policy', async () => {
    await page.locator('[data-record=rec_outcome]').click();
    await page.getByRole('heading', { name: 'What led to it' }).waitFor();
    const walk = await page.locator('#chosen').innerText();
    for (const id of ['rec_release', 'rec_granted', 'rec_voted', 'rec_intent', 'rec_task', 'rec_policy'])
      expect(walk).toContain(id);
  });

  it('shows what others wrote as text, with what hides in it marked', async () => {
    for (const folded of await page.locator('summary').all()) await folded.click();
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('<img src=x onerror=window.hit=1>');
    expect(shown).toContain('U+202E');
    expect(shown).not.toContain('\u202e');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it.each([
    [1280, 800, 'light'],
    [360, 740, 'dark'],
  ] as const)('has no barrier and fits at %i by %i, %s', async (width, height, colorScheme) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
    expect(await measureOverflow(page)).toBe(0);
    const shots = process.env.COUNTERSIGN_PICTURES;
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, `bundle-${width}.png`), fullPage: true });
  });

  it('says whose key it was when nobody gave one', async () => {
    const said = await read('claimed.bundle', bundle.lines);
    expect(said).toContain('Verified');
    expect(said).toContain('Checked with the key that the bundle itself names');
  });

  it.each<[string, (lines: readonly string[]) => readonly string[], string]>([
    ['a payload', (lines) => lines.map((line) => line.replace('124000', '124001')), 'record.changed'],
    ['a passkey’s signature', (lines) => lines.map(forgeVote), 'receipt.invalid'],
    [
      'the checkpoint',
      (lines) => lines.map((line) => line.replace(/(— \S+ [\w+/]{40})./, '$1A')),
      'checkpoint.',
    ],
    ['the end', (lines) => lines.slice(0, -3), 'bundle.truncated'],
  ])('refuses what was changed in %s, and shows nothing of it', async (_what, change, code) => {
    const said = await read('forged.bundle', change(bundle.lines), bundle.vkey);
    expect(said).toContain('NOT verified');
    expect(said).toContain(code);
    expect(await page.locator('#timeline').count()).toBe(0);
  });

  it('refuses what is no bundle, and the key of another log', async () => {
    expect(await read('none.bundle', ['{"a":1}'])).toContain('header.invalid');
    const other = await makeTestBundle();
    expect(await read('other.bundle', bundle.lines, other.vkey)).toContain('checkpoint.bad_signature');
  });
});

/** One byte of the receipt's own signature. */
function forgeVote(line: string): string {
  return line.startsWith('{"receipt"')
    ? line.replace(/\.([\w-]{10})(.)/, (_all, head, one) => `.${head}${one === 'A' ? 'B' : 'A'}`)
    : line;
}
