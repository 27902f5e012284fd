import { both, type Disjuncts } from './disjuncts.ts';
import { findConflict } from './find-conflict.ts';
import type { SchemaNames } from './known-names.ts';
import type { PolicyNeeds } from './policy-needs.ts';

/** Why none of the disjuncts can be, when that is proven; the first reason of several. */
export function findImpossibility(names: SchemaNames, disjuncts: Disjuncts): string | undefined {
  let reason = 'its condition is always false';
  for (const [index, literals] of disjuncts.entries()) {
    const conflict = findConflict(names, literals);
    if (conflict === undefined) return undefined;
    if (index === 0) reason = conflict;
  }
  return reason;
}

/** Whether, whenever these hold, the policy is satisfied or fails to evaluate. */
export function doesImply(names: SchemaNames, given: Disjuncts, policy: PolicyNeeds): boolean {
  for (const some of given) {
    for (const other of policy.unsatisfied) {
      if (findConflict(names, [...some, ...other]) === undefined) return false;
    }
  }
  return true;
}

/** The needs of one policy, for one action alone. */
export function narrowToAction(needs: PolicyNeeds, action: Parameters<typeof actionLiteral>[0]): Disjuncts {
  return both([[actionLiteral(action)]], needs.satisfied);
}

function actionLiteral(action: { readonly type: string; readonly id: string }) {
  return { kind: 'equals', term: 'action', value: { kind: 'entity', ...action }, holds: true } as const;
}
