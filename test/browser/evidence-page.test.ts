import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
const pictures = process.env.EVIDENCE_PICTURES;

describe('exposure.evidence-page', () => {
  it('shows every control with its records, each of which opens', async () => {
    const { house, url } = stage();
    const { gateway } = house;
    await house.call('list_invoices', { customer: 'C-1' });
    await house.call('delete_customer', { customer: 'C-1' });
    const approval = await house.ask('send_payment', PAYMENT);
    await gateway.administrator.decide(approval, 'approve');
    await house.call('send_payment', PAYMENT);
    await gateway.operator('POST', '/v1/exposure/drills/runs', { drills: ['stolen-token'] });
    const visitor = await stage().join('Ada', everyRole);
    const { json } = await gateway.operator('POST', '/v1/exposure/evidence/reports', {});
    const { report } = json as { readonly report: { readonly report: string } };
    const { page } = visitor;
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of ['/evidence', `/evidence/${report.report}`]) {
        await page.goto(`${url}${path}`);
        expect(await measureOverflow(page)).toBe(0);
        expect(await findBarriers(page)).toEqual([]);
        if (pictures !== undefined) {
          mkdirSync(pictures, { recursive: true });
          const name = path === '/evidence' ? 'list' : 'report';
          await page.screenshot({ path: `${pictures}/${name}-${width}.png` });
        }
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
  }, 120_000);
});
