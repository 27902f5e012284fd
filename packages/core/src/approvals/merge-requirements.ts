import { arrangeEscalation } from './escalation.ts';
import {
  arrangeRequirement,
  type Escalation,
  GRANT_SCOPES,
  type GrantScope,
  listApprovers,
  type Requirement,
  sortSelectors,
} from './requirement.ts';
import { intersectSelectors } from './selectors.ts';
import { isRequirementPossible } from './step-up.ts';

export type MergedRequirement =
  | { readonly possible: true; readonly requirement: Requirement }
  | { readonly possible: false };

/**
 * The one requirement that is as strict as each of them. When the policies name no approver in common nobody may
 * lift them all, and the action must be denied.
 */
export function mergeRequirements(first: Requirement, ...others: readonly Requirement[]): MergedRequirement {
  let merged = first;
  for (const other of others) merged = mergeTwo(merged, other);
  return isRequirementPossible(merged) ? { possible: true, requirement: merged } : { possible: false };
}

function mergeTwo(first: Requirement, second: Requirement): Requirement {
  const withinSeconds = Math.min(first.withinSeconds, second.withinSeconds);
  const fresh = [first.freshSeconds, second.freshSeconds].filter((seconds) => seconds !== undefined);
  return arrangeRequirement({
    approvers: intersectSelectors(first.approvers, second.approvers),
    excluded: sortSelectors([...first.excluded, ...second.excluded]),
    quorum: Math.max(first.quorum, second.quorum),
    method: 'passkey',
    withinSeconds,
    notify: sortSelectors([...first.notify, ...second.notify]),
    each: sortSelectors([...(first.each ?? []), ...(second.each ?? [])]),
    ...(fresh.length === 0 ? {} : { freshSeconds: Math.min(...fresh) }),
    escalation: mergeEscalation(first, second).filter((step) => step.afterSeconds < withinSeconds),
    // Alone past one of them is only who may go alone past all of them.
    breakGlass: intersectSelectors(first.breakGlass ?? [], second.breakGlass ?? []),
    ...(first.ownerMayBreakGlass === true && second.ownerMayBreakGlass === true
      ? { ownerMayBreakGlass: true }
      : {}),
    ...mergeGrants(first.grant, second.grant),
  });
}

/** At every moment exactly those who may approve by both. */
function mergeEscalation(first: Requirement, second: Requirement): readonly Escalation[] {
  const times = [...(first.escalation ?? []), ...(second.escalation ?? [])].map((step) => step.afterSeconds);
  const steps = times.map((afterSeconds) => ({
    afterSeconds,
    approvers: intersectSelectors(listApprovers(first, afterSeconds), listApprovers(second, afterSeconds)),
  }));
  return arrangeEscalation(steps, intersectSelectors(first.approvers, second.approvers));
}

/** Saying nothing allows more than `no` and, for the gravest calls, less than `task`. */
function mergeGrants(first: GrantScope | undefined, second: GrantScope | undefined): { grant?: GrantScope } {
  if (first === undefined || second === undefined)
    return first === 'no' || second === 'no' ? { grant: 'no' } : {};
  return { grant: GRANT_SCOPES.find((scope) => scope === first || scope === second) ?? 'no' };
}
