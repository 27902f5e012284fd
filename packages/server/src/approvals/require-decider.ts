import { AppError, type Permission } from '@countersign/api';
import { type Actor, hasPermission, requirePermissionToSign } from '../people/index.ts';
import type { Approval } from './approval-state.ts';

type Person = Actor & { readonly kind: 'person' };

/** Authority is given by those who may delegate, everything else is decided by approvers; only ever by people. */
export function requireDecider(actor: Actor, approval: Named): asserts actor is Person {
  requirePermissionToSign(actor, namePermission(approval));
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible');
  // An administrator may delegate in the name of owners elsewhere; here a passkey speaks for its own person alone.
  // So it does where a person says what a task of theirs is to do.
  const isPersonal = approval.kind === 'authority' || isOwnPlan(approval);
  if (isPersonal && approval.askedPersonId !== actor.person) throw new AppError('approval.not_eligible');
}

type Named = Pick<Approval, 'kind' | 'askedPersonId'>;

export function mayDecide(actor: Actor, approval: Named): boolean {
  return actor.kind === 'person' && hasPermission(actor, namePermission(approval));
}

export function namePermission(approval: Named): Permission {
  if (isOwnPlan(approval)) return 'tasks.amend';
  return approval.kind === 'authority' ? 'delegations.create' : 'approvals.decide';
}

function isOwnPlan({ kind, askedPersonId }: Named): boolean {
  return kind === 'amendment' && askedPersonId !== null;
}
