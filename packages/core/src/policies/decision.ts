import { mergeRequirements } from '../approvals/merge-requirements.ts';
import type { Requirement } from '../approvals/requirement.ts';
import { parseStepUp } from '../approvals/step-up.ts';

/** What an engine found out about one policy that applies or could not be evaluated. */
export interface EvaluatedPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** The text of its `@stepUp` annotation. */
  readonly stepUp?: string;
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

interface VerdictBase {
  readonly reasons: readonly VerdictReason[];
  /** The policies that determined the effect, sorted. */
  readonly policyIds: readonly string[];
}

export type Verdict =
  | (VerdictBase & { readonly effect: 'allow' })
  | (VerdictBase & { readonly effect: 'step_up'; readonly requirement: Requirement })
  | (VerdictBase & { readonly effect: 'deny' });

/**
 * Makes one verdict of what the policies say. As in Cedar: no permit denies, and a forbid wins. Stricter than Cedar:
 * a forbid that errs denies. A deny whose satisfied forbids are all step-ups, and which would be a permit without
 * them, is a step-up; several merge into the strictest. A permit marked as a step-up, which means nothing, is not counted.
 */
export function combine(evaluation: Evaluation): Verdict {
  const { policies } = evaluation;
  if (evaluation.failed === true) return deny('engine_failed', []);
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
    return { effect: 'allow', policyIds, reasons: [{ code: 'permitted', policyIds }, ...notes] };
  }
  return stepUp(forbids, notes);
}

function stepUp(forbids: readonly EvaluatedPolicy[], notes: readonly VerdictReason[]): Verdict {
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
  return { effect: 'step_up', requirement: merged.requirement, policyIds, reasons };
}

function deny(
  code: VerdictReasonCode,
  policies: readonly EvaluatedPolicy[],
  notes: readonly VerdictReason[] = [],
): Verdict {
  const policyIds = listIds(policies);
  return { effect: 'deny', policyIds, reasons: [{ code, policyIds }, ...notes] };
}

function listIds(policies: readonly EvaluatedPolicy[]): string[] {
  return [...new Set(policies.map((policy) => policy.id))].sort();
}
