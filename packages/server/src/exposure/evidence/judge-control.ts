import type { Control } from './framework.ts';
import type { ClaimReport, ControlReport, DrillResult, Verdict } from './report/evidence-report.ts';
import { sayCount } from './say-count.ts';

/** What all claims and drills of a control come to. Anything that speaks against it outweighs all that speaks for it. */
export function judgeControl(
  control: Control,
  claims: ReadonlyMap<string, ClaimReport>,
  results: readonly (DrillResult & { readonly covers: readonly string[] })[],
): ControlReport {
  const { id, title } = control;
  if ('outOfScope' in control)
    return {
      ...{ id, title, verdict: 'out_of_scope', why: control.outOfScope },
      ...{ claims: [], drills: [], drillsNotRun: [] },
    };
  const wanted = new Set<string>(control.drills);
  const tried = results.filter(({ name, covers }) => wanted.has(name) || covers.includes(id));
  const ran = new Set(tried.map(({ name }) => name));
  const found = control.claims.flatMap((claim) => claims.get(claim) ?? []);
  const { verdict, why } = weigh(found, tried);
  return {
    ...{ id, title, verdict, why, claims: control.claims },
    drills: tried.map(({ covers: _, ...result }) => result),
    drillsNotRun: [...wanted].filter((name) => !ran.has(name)),
  };
}

interface Weighed {
  readonly verdict: Verdict;
  readonly why: string;
}

function weigh(claims: readonly ClaimReport[], drills: readonly DrillResult[]): Weighed {
  const against = claims.filter(({ verdict }) => verdict === 'counter_evidence');
  const failed = drills.filter(({ outcome }) => outcome === 'not_contained');
  const passed = drills.filter(({ outcome }) => outcome === 'contained');
  const shown = claims.filter(({ verdict }) => verdict === 'evidence');
  if (against.length + failed.length > 0) {
    const reasons = [
      ...against.flatMap((claim) => claim.against),
      ...failed.map(({ name }) => `the drill ${name} was not contained`),
    ];
    return { verdict: 'counter_evidence', why: `Counter-evidence: ${reasons.join('; ')}.` };
  }
  if (shown.length + passed.length > 0) {
    const records = shown.reduce((sum, { population }) => sum + population, 0);
    const parts = [
      ...(shown.length > 0
        ? [`${sayCount(records, 'record')} for ${shown.length} of ${sayCount(claims.length, 'claim')}`]
        : []),
      ...(passed.length > 0 ? [`${sayCount(passed.length, 'drill')} contained`] : []),
    ];
    return { verdict: 'evidence', why: `Evidence for it: ${parts.join(', ')}.` };
  }
  if (claims.some(({ verdict }) => verdict === 'configuration_only'))
    return {
      verdict: 'configuration_only',
      why: 'It is set up; no record of the period shows that it did anything.',
    };
  return { verdict: 'no_evidence', why: 'No evidence in the period.' };
}
