import type { Claim, ClaimId, Found, Looking } from './claims/claim.ts';
import { claims } from './claims/list-claims.ts';
import { drawSample } from './draw-sample.ts';
import type { Control } from './framework.ts';
import type { ClaimReport } from './report/evidence-report.ts';

/** Looks up every claim that any of the controls names, once. */
export async function assessClaims(
  looking: Looking,
  controls: readonly Control[],
  seed: string,
): Promise<readonly ClaimReport[]> {
  const named = new Set<ClaimId>(controls.flatMap((control) => ('claims' in control ? control.claims : [])));
  const reports: ClaimReport[] = [];
  for (const claim of claims) {
    if (named.has(claim.id)) reports.push(reportClaim(claim, await claim.look(looking), seed));
  }
  return reports;
}

export function reportClaim(
  { id, sentence }: Pick<Claim, 'id' | 'sentence'>,
  found: Found,
  seed: string,
): ClaimReport {
  const { records, complete, statement, against, facts } = found;
  const contrary = against.flatMap((objection) => objection.records.map((record) => record.id));
  // What speaks against it is shown first: a sample of the rest could leave it out.
  const shown = drawSample(seed, contrary);
  const others = drawSample(
    seed,
    records.map((record) => record.id),
  );
  return {
    ...{ id, sentence, verdict: judge(found), statement, population: records.length, complete },
    ...{ against: against.map(({ text }) => text), facts, samples: [...new Set([...shown, ...others])] },
  };
}

function judge({ records, against, facts }: Found): ClaimReport['verdict'] {
  if (against.length > 0) return 'counter_evidence';
  if (records.length > 0) return 'evidence';
  return facts.length > 0 ? 'configuration_only' : 'no_evidence';
}
