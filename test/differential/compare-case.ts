import type { Case, PolicySetJson, RequestJson } from './cases.ts';
import { type JsonRecord, recordOf, writeJson } from './json.ts';
import { askOfficial, passThroughText, prepareOfficial } from './official.ts';
import type { Compile } from './ours.ts';
import { type FullOutcome, isSame, type Outcome } from './outcome.ts';

/** Over pairs, or over pairs and policies: what the comparison met, so that one that meets nothing is noticed. */
export interface Tally {
  pairs: number;
  allowed: number;
  denied: number;
  satisfied: number;
  erring: number;
  unsatisfied: number;
}

export function emptyTally(): Tally {
  return { pairs: 0, allowed: 0, denied: 0, satisfied: 0, erring: 0, unsatisfied: 0 };
}

/** Throws at the first request on which the engines disagree. */
export function compareCase(one: Case, compile: Compile, tally: Tally): void {
  const permits = onlyPermits(one.policies);
  prepareOfficial('whole', one.policies);
  prepareOfficial('permits', permits);
  const official = askOfficial(one.entities);
  const ours = compile(one.asText ? passThroughText(one.policies) : one.policies, one.entities);
  const size = Object.keys(one.policies.staticPolicies).length + one.policies.templateLinks.length;
  for (const request of one.requests) {
    const wanted = official('whole', request);
    const found = ours(request);
    compare(request, wanted, found);
    // A forbid that is satisfied hides the permits, on which a step-up depends: they are asked for by themselves.
    if (found.forbids.length > 0) comparePermits(request, official('permits', request), found);
    count(tally, size, found);
  }
}

function compare(request: RequestJson, wanted: Outcome, found: FullOutcome): void {
  const isEqual =
    wanted.decision === found.decision &&
    isSame(wanted.reasons, found.reasons) &&
    isSame(wanted.errors, found.errors);
  if (!isEqual) throw disagreement(request, wanted, found);
}

function comparePermits(request: RequestJson, wanted: Outcome, found: FullOutcome): void {
  if (!isSame(wanted.reasons, found.permits)) throw disagreement(request, wanted, found);
}

function disagreement(request: RequestJson, wanted: Outcome, found: FullOutcome): Error {
  const said = writeJson({ request, official: { ...wanted }, ours: { ...found } } as unknown as JsonRecord);
  return new Error(`the engines disagree: ${said}`);
}

function onlyPermits({ staticPolicies, templates, templateLinks }: PolicySetJson): PolicySetJson {
  const kept = recordOf(Object.entries(templates).filter(([, policy]) => isPermit(policy)));
  return {
    staticPolicies: recordOf(Object.entries(staticPolicies).filter(([, policy]) => isPermit(policy))),
    templates: kept,
    templateLinks: templateLinks.filter(({ templateId }) => Object.hasOwn(kept, String(templateId))),
  };
}

function isPermit(policy: unknown): boolean {
  return (policy as { readonly effect: string }).effect === 'permit';
}

function count(tally: Tally, size: number, { decision, permits, forbids, errors }: FullOutcome): void {
  tally.pairs += 1;
  if (decision === 'allow') tally.allowed += 1;
  else tally.denied += 1;
  tally.satisfied += permits.length + forbids.length;
  tally.erring += errors.length;
  tally.unsatisfied += size - permits.length - forbids.length - errors.length;
}
