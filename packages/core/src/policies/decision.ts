import { mergeRequirements } from '../approvals/merge-requirements.ts';
import type { Requirement } from '../approvals/requirement.ts';
import { parseStepUp } from '../approvals/step-up.ts';
import type { PolicyMode } from './mode.ts';

/** What an engine found out about one policy that applies or could not be evaluated. */
export interface EvaluatedPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** The text of its `@stepUp` annotation. */
  readonly stepUp?: string;
  /** Only `enforce` counts for the verdict. */
  readonly mode: PolicyMode;
  readonly outcome: 'satisfied' | 'error';
}

export interface Evaluation {
  readonly policies: readonly EvaluatedPolicy[];
  /** Set when the engine could not evaluate the request at all. */
  readonly failed?: boolean;
}

export type VerdictReasonCode =
  | 'permitted'
  | 'no_permit'
  | 'forbidden'
  | 'forbid_failed'
  | 'permit_failed'
  | 'engine_failed'
  | 'step_up_required'
  | 'step_up_unreadable'
  | 'step_up_impossible'
  | 'step_up_on_permit';

export interface VerdictReason {
  readonly code: VerdictReasonCode;
  readonly policyIds: readonly string[];
}

/** A policy that is not enforced, and what the verdict would have been with it enforced alone. */
export interface ObservedPolicy {
  readonly policyId: string;
  readonly mode: Exclude<PolicyMode, 'enforce'>;
  readonly would: Verdict['effect'];
}

interface VerdictBase {
  readonly reasons: readonly VerdictReason[];
  /** The policies that determined the effect, sorted. */
  readonly policyIds: readonly string[];
  /** The permits that hold and count, sorted; those of a step-up hold once it is approved. */
  readonly permits: readonly string[];
  /** Those whose enforcement would have changed the verdict, sorted, at most `MOST_OBSERVED`. */
  readonly observed: readonly ObservedPolicy[];
}

export type Verdict =
  | (VerdictBase & { readonly effect: 'allow' })
  | (VerdictBase & { readonly effect: 'step_up'; readonly requirement: Requirement })
  | (VerdictBase & { readonly effect: 'deny' });

export const MOST_OBSERVED = 20;

/**
 * Makes one verdict of what the policies say. As in Cedar: no permit denies, and a forbid wins. Stricter than Cedar:
 * a forbid that errs denies. A deny whose satisfied forbids are all step-ups, and which would be a permit without
 * them, is a step-up; several merge into the strictest. A permit marked as a step-up, which means nothing, is not
 * counted. Policies that are not enforced change nothing; the verdict says what they would have done.
 */
export function combine(evaluation: Evaluation): Verdict {
  if (evaluation.failed === true) return deny('engine_failed', []);
  const enforced = evaluation.policies.filter(({ mode }) => mode !== 'warn' && mode !== 'shadow');
  const verdict = judge(enforced);
  if (enforced.length === evaluation.policies.length) return verdict;
  return { ...verdict, observed: observe(evaluation.policies, enforced, verdict) };
}

function observe(
  policies: readonly EvaluatedPolicy[],
  enforced: readonly EvaluatedPolicy[],
  verdict: Verdict,
): readonly ObservedPolicy[] {
  const observed = new Map<string, ObservedPolicy>();
  for (const policy of policies.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (policy.mode !== 'warn' && policy.mode !== 'shadow') continue;
    const would = judge([...enforced, policy]);
    if (!isOther(would, verdict)) continue;
    observed.set(policy.id, { policyId: policy.id, mode: policy.mode, would: would.effect });
    if (observed.size === MOST_OBSERVED) break;
  }
  return [...observed.values()];
}

/** A step-up that asks for more is another verdict, too. */
function isOther(one: Verdict, other: Verdict): boolean {
  if (one.effect !== 'step_up' || other.effect !== 'step_up') return one.effect !== other.effect;
  return JSON.stringify(one.requirement) !== JSON.stringify(other.requirement);
}

function judge(policies: readonly EvaluatedPolicy[]): Verdict {
  const notes: VerdictReason[] = [];
  const note = (code: VerdictReasonCode, found: readonly EvaluatedPolicy[]): void => {
    if (found.length > 0) notes.push({ code, policyIds: listIds(found) });
  };
  const erringForbids = policies.filter(
    (policy) => policy.effect !== 'permit' && policy.outcome !== 'satisfied',
  );
  if (erringForbids.length > 0) return deny('forbid_failed', erringForbids);
  const forbids = policies.filter((policy) => policy.effect !== 'permit');
  const outright = forbids.filter((policy) => policy.stepUp === undefined);
  if (outright.length > 0) return deny('forbidden', outright);

  const permits = policies.filter((policy) => policy.effect === 'permit');
  note(
    'permit_failed',
    permits.filter((policy) => policy.outcome !== 'satisfied'),
  );
  const satisfied = permits.filter((policy) => policy.outcome === 'satisfied');
  note(
    'step_up_on_permit',
    satisfied.filter((policy) => policy.stepUp !== undefined),
  );
  const counted = satisfied.filter((policy) => policy.stepUp === undefined);
  if (counted.length === 0) return deny('no_permit', [], notes);
  if (forbids.length === 0) {
    const policyIds = listIds(counted);
    const reasons = [{ code: 'permitted', policyIds } as const, ...notes];
    return { effect: 'allow', policyIds, permits: policyIds, reasons, observed: [] };
  }
  return stepUp(forbids, counted, notes);
}

function stepUp(
  forbids: readonly EvaluatedPolicy[],
  permits: readonly EvaluatedPolicy[],
  notes: readonly VerdictReason[],
): Verdict {
  const requirements: Requirement[] = [];
  for (const policy of forbids) {
    const parsed = parseStepUp(policy.stepUp ?? '');
    if (!parsed.ok) return deny('step_up_unreadable', [policy], notes);
    requirements.push(parsed.requirement);
  }
  const [first, ...others] = requirements;
  const merged = first === undefined ? { possible: false as const } : mergeRequirements(first, ...others);
  if (!merged.possible) return deny('step_up_impossible', forbids, notes);
  const policyIds = listIds(forbids);
  const reasons = [{ code: 'step_up_required', policyIds } as const, ...notes];
  return {
    effect: 'step_up',
    requirement: merged.requirement,
    policyIds,
    permits: listIds(permits),
    reasons,
    observed: [],
  };
}

function deny(
  code: VerdictReasonCode,
  policies: readonly EvaluatedPolicy[],
  notes: readonly VerdictReason[] = [],
): Verdict {
  const policyIds = listIds(policies);
  return { effect: 'deny', policyIds, permits: [], reasons: [{ code, policyIds }, ...notes], observed: [] };
}

function listIds(policies: readonly EvaluatedPolicy[]): string[] {
  return [...new Set(policies.map((policy) => policy.id))].sort();
}
