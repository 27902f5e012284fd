import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestEvidenceReport, verifyEvidenceFile } from '@countersign/ledger';
import { renderForm, type SignedEvidence } from '@countersign/server/parts';
import { afterAll, describe, expect, it } from 'vitest';
import { measureOverflow } from './ground/find-barriers.ts';
import { oscalShape } from './ground/oscal-shape.ts';
import { useStage } from './ground/use-stage.ts';

const stage = useStage();
const folder = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTILE = [
  '</script></style></title><script>document.title="owned"</script><img src=x onerror=document.title="owned">',
  '<a href="javascript:document.title=1">a</a> <a href="data:text/html,<script>alert(1)</script>">b</a>',
  'paid \u202e001 EUR\u202c \u200bto\u00ad \ufeff\u2066nobody\u2069\u0000\u001b[2J',
  '=HYPERLINK("http://elsewhere.test","x") {{7*7}} {{constructor}} (/JavaScript) Tj ET >> endobj',
  'long '.repeat(20_000),
  'L'.repeat(100_000),
] as const;

/** Everything that hides from a reader, or turns the rest of a line around. */
const UNSEEN = /[\p{Cf}\ufeff]|(?!\n|\t)\p{Cc}/u;

/** A real report in which every text that could come from somebody else does. */
function poison({ report, ...signed }: SignedEvidence, text: string): SignedEvidence {
  const facts = [{ name: text.slice(0, 200), value: text }];
  const claims = report.claims.map((claim) => ({ ...claim, statement: text, against: [text], facts }));
  const drill = {
    outcome: 'not_contained',
    run: 'run_1',
    at: 0,
    digest: '',
    policyVersion: '',
    record: null,
  } as const;
  const frameworks = report.frameworks.slice(0, 1).map(({ controls, ...framework }) => ({
    ...framework,
    controls: controls
      .slice(0, 2)
      .map((control) => ({ ...control, why: text, drills: [{ ...drill, name: text }] })),
  }));
  return { ...signed, report: { ...report, by: text, environment: text, claims, frameworks } };
}

describe('exposure.evidence-attacks', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 24), text]))(
    '%s: nothing runs, nothing hides',
    async (_, text) => {
      const { house, context } = stage();
      const made = await house.gateway.operator('POST', '/v1/exposure/evidence/reports', {
        frameworks: ['owasp-agentic'],
      });
      const signed = poison(made.json as SignedEvidence, text);
      const file = join(folder, 'report.html');
      writeFileSync(file, await renderForm(signed, 'html'));
      const page = await context.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(pathToFileURL(file).href);
      expect(asked).toEqual([pathToFileURL(file).href]);
      expect(await page.title()).toBe('Evidence · Countersign');
      expect(
        await page
          .locator('script, img, iframe, form, [onerror], a[href^="data:"], a[href^="javascript:"]')
          .count(),
      ).toBe(0);
      const said = await page.locator('main').innerText();
      expect(said).not.toMatch(UNSEEN);
      expect(await measureOverflow(page)).toBe(0);
      await page.close();

      const pdf = Buffer.from(await renderForm(signed, 'pdf'));
      expect(pdf).toEqual(Buffer.from(await renderForm(signed, 'pdf')));
      expect(pdf.toString('latin1')).not.toMatch(
        /\/(JavaScript|JS|AA|OpenAction|Launch|EmbeddedFile|RichMedia)\b/,
      );

      const oscal: unknown = JSON.parse(Buffer.from(await renderForm(signed, 'oscal')).toString('utf8'));
      expect(oscalShape.safeParse(oscal).error?.issues).toBeUndefined();
      const { 'back-matter': _signed, ...shown } = oscalShape.parse(oscal)['assessment-results'];
      expect(JSON.stringify(shown)).not.toMatch(/\\u00(00|1b)/);
      expect(JSON.stringify(shown)).not.toMatch(UNSEEN);
    },
    60_000,
  );
});

describe('exposure.evidence-file-signed', () => {
  it('is kept beside each form that is had from the page, and is of these bytes alone', async () => {
    const { house, url } = stage();
    const visitor = await stage().join('Ida', ['auditor']);
    const made = await house.gateway.operator('POST', '/v1/exposure/evidence/reports', {});
    const { report, vkey } = made.json as SignedEvidence;
    const get = async (path: string) => (await visitor.page.context().request.get(`${url}${path}`)).body();
    for (const form of ['html', 'pdf']) {
      const path = `/evidence/${report.report}/report.${form}`;
      const [file, signature] = [await get(path), (await get(`${path}.sig`)).toString('utf8')];
      expect(verifyEvidenceFile(file, signature, vkey)).toMatchObject({
        valid: true,
        file: { form, report: report.report, reportDigest: digestEvidenceReport(report) },
      });
      const changed = Buffer.from(file);
      changed.writeUInt8(changed.readUInt8(1_000) ^ 1, 1_000);
      expect(verifyEvidenceFile(changed, signature, vkey)).toMatchObject({ valid: false, reason: 'changed' });
    }
  });
});
