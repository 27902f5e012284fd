import { mkdirSync, writeFileSync } from 'node:fs';
import type { SignedEvidence } from '@countersign/server/parts';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { oscalShape } from './ground/oscal-shape.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';
import { workASeason } from './ground/work-a-season.ts';

const stage = useStage();
/** Claims that the story has records for. */
const worked = [
  ...[
    'approvals-signed',
    'calls-denied',
    'drills-run',
    'leavers-handled',
    'models-recorded',
    'policies-versioned',
  ],
  ...['prompts-recorded', 'reviews-decided', 'stops-made', 'tokens-ended'],
];
const looks = [
  { width: 360, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const;
const pictures = process.env.EVIDENCE_PICTURES;

async function takePicture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

describe('exposure.evidence-page', () => {
  it('shows every control with its records, each of which opens', async () => {
    const { house, url } = stage();
    const { gateway } = house;
    await workASeason(house);
    const visitor = await stage().join('Ada', everyRole);
    const { json } = await gateway.operator('POST', '/v1/exposure/evidence/reports', {});
    const { report } = json as SignedEvidence;
    for (const id of worked)
      expect(report.claims.find((claim) => claim.id === id)?.samples.length, id).toBeGreaterThan(0);
    const { json: form } = await gateway.operator(
      'GET',
      `/v1/exposure/evidence/reports/${report.report}/forms/oscal`,
    );
    const { content } = form as { readonly content: string };
    oscalShape.parse(JSON.parse(Buffer.from(content, 'base64').toString('utf8')));
    const { page } = visitor;
    for (const { width, colorScheme } of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const path of ['/evidence', `/evidence/${report.report}`]) {
        await page.goto(`${url}${path}`);
        expect(await measureOverflow(page)).toBe(0);
        expect(await findBarriers(page)).toEqual([]);
        await takePicture(page, `${path === '/evidence' ? 'list' : 'report'}-${width}-${colorScheme}`);
      }
    }
    const said = await page.locator('main').innerText();
    expect(said).toContain('ASI01 Agent Goal Hijack');
    expect(said).toContain('No evidence');
    const links = await page
      .locator('a[href*="/ledger/rec_"]')
      .evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('href') ?? ''))]);
    expect(links.length).toBeGreaterThan(15);
    for (const link of links) {
      const id = link.split('/').at(-1) ?? '';
      expect((await gateway.operator('GET', `/v1/ledger/records/${id}`)).status, link).toBe(200);
    }
    expectCalm(visitor);
    await page.goto(links[0] ?? '');
    await page
      .getByText(links[0]?.split('/').at(-1) ?? '')
      .first()
      .waitFor();
    const pdf = await page.context().request.get(`${url}/evidence/${report.report}/report.pdf`);
    const body = await pdf.body();
    expect(body.subarray(0, 5).toString()).toBe('%PDF-');
    if (pictures !== undefined) writeFileSync(`${pictures}/report.pdf`, body);
  }, 240_000);
});
