import { type Requirement, sortSelectors } from './requirement.ts';
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
  for (const other of others) {
    merged = {
      approvers: sortSelectors(merged.approvers.filter((selector) => other.approvers.includes(selector))),
      excluded: sortSelectors([...merged.excluded, ...other.excluded]),
      quorum: Math.max(merged.quorum, other.quorum),
      method: 'passkey',
      withinSeconds: Math.min(merged.withinSeconds, other.withinSeconds),
      notify: sortSelectors([...merged.notify, ...other.notify]),
    };
  }
  return isRequirementPossible(merged) ? { possible: true, requirement: merged } : { possible: false };
}
