import { writeFileSync } from 'node:fs';
import { verifyEvidenceReport } from '@countersign/ledger';
import { toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { runDrills } from './ground/run-drills.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
const path = '/v1/exposure/evidence/reports';

interface Signed {
  readonly report: {
    readonly report: string;
    readonly frameworks: readonly {
      readonly id: string;
      readonly controls: readonly {
        readonly id: string;
        readonly verdict: string;
        readonly drills: readonly { readonly name: string; readonly outcome: string }[];
      }[];
    }[];
    readonly claims: readonly {
      readonly id: string;
      readonly verdict: string;
      readonly population: number;
      readonly samples: readonly string[];
    }[];
    readonly records: readonly {
      readonly id: string;
      readonly kind: string;
      readonly path: readonly string[];
    }[];
  };
  readonly vkey: string;
}

const make = async (input: object = {}) =>
  requireDone<Signed>(await scene().gateway.operator('POST', path, input));

function findControl({ report }: Signed, id: string) {
  const found = report.frameworks.flatMap(({ controls }) => controls).find((control) => control.id === id);
  if (found === undefined) throw new Error(`there is no control ${id}`);
  return found;
}

describe('exposure.evidence-from-work', () => {
  it('counts what was done, samples records with proofs, and puts a failed drill before all else', async () => {
    const { gateway, url } = scene();
    const { agent, token } = await gateway.enrol();
    const { message, headers } = toolCall('echo', { text: 'hello' });
    await agent.send({ url, token, message, headers });
    requireDone(await gateway.activatePolicy(`${PERMIT_ALL} forbid (principal, action, resource);`));
    await agent.send({ url, token, message, headers });
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
    await runDrills(gateway, { drills: ['injection', 'stolen-token'] });
    const signed = await make({ seed: 'auditor-1' });
    const claim = (id: string) => signed.report.claims.find((one) => one.id === id);
    expect(claim('calls-decided')).toMatchObject({ verdict: 'evidence', population: 2 });
    expect(claim('calls-denied')).toMatchObject({ verdict: 'evidence', population: 1 });
    expect(findControl(signed, 'ASI01').verdict).toBe('counter_evidence');
    const drills = findControl(signed, 'ASI03').drills.map(({ name, outcome }) => [name, outcome]);
    expect(drills).toEqual([['stolen-token', 'contained']]);
    expect(findControl(signed, 'PR.AA-06').verdict).toBe('out_of_scope');
    const known = new Set(signed.report.records.map(({ id }) => id));
    for (const { samples } of signed.report.claims) for (const id of samples) expect(known).toContain(id);
    for (const { id } of signed.report.records) {
      const reply = await gateway.operator('GET', `/v1/ledger/records/${id}`);
      expect(reply.status, id).toBe(200);
    }
    const [made] = await gateway.records({ kind: 'exposure.evidence_made' });
    expect(made).toMatchObject({ body: { by: 'operator', report: signed.report.report, seed: 'auditor-1' } });
    const again = await make({ seed: 'auditor-1', frameworks: ['owasp-agentic'] });
    const samplesOf = (one: Signed) => one.report.claims.find(({ id }) => id === 'calls-decided')?.samples;
    expect(samplesOf(again)).toEqual(samplesOf(signed));
    if (process.env.EVIDENCE_OUT !== undefined) {
      const oscal = await gateway.operator('GET', `${path}/${signed.report.report}/oscal`);
      writeFileSync(process.env.EVIDENCE_OUT, oscal.body);
    }
  }, 120_000);
});

describe('exposure.evidence-plain', () => {
  it('says that there is none in a period in which nothing happened', async () => {
    const signed = await make({ from: 1_000, to: 2_000 });
    const seen = new Set(signed.report.claims.map(({ population }) => population));
    expect([...seen]).toEqual([0]);
    expect(findControl(signed, 'ASI01')).toMatchObject({ verdict: 'no_evidence', drills: [] });
    expect(findControl(signed, 'PR.DS-02').verdict).toBe('configuration_only');
  });
});

describe('exposure.evidence-signed', () => {
  it('finds every change', async () => {
    const signed = await make({ frameworks: ['owasp-agentic'] });
    const text = JSON.stringify(signed);
    expect(verifyEvidenceReport(text, signed.vkey)).toMatchObject({ valid: true, unproven: [] });
    expect(verifyEvidenceReport(text).proven).toBeGreaterThan(0);
    const changed = text.replace('"no_evidence"', '"evidence"');
    expect(verifyEvidenceReport(changed, signed.vkey)).toMatchObject({ valid: false, reason: 'changed' });
    expect(verifyEvidenceReport('{}')).toMatchObject({ valid: false, reason: 'not_a_report' });
  });
});

describe('exposure.evidence-bad-input', () => {
  it('refuses what cannot be, and who may not', async () => {
    const { gateway } = scene();
    const refused = async (input: object) => (await gateway.operator('POST', path, input)).status;
    expect(await refused({ frameworks: ['soc-2'] })).toBe(400);
    expect(await refused({ from: 2_000, to: 1_000 })).toBe(400);
    expect(await refused({ seed: '<script>' })).toBe(400);
    const absent = await gateway.operator('GET', `${path}/evd_01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    expect(absent.json).toMatchObject({ code: 'exposure.evidence_not_found' });
    const answers = await Promise.all([1, 2].map(() => gateway.operator('POST', path, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});
