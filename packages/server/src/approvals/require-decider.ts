import { AppError, type Permission } from '@countersign/api';
import { type Actor, hasPermission, requirePermission } from '../people/index.ts';
import type { Approval } from './approval-state.ts';

type Person = Actor & { readonly kind: 'person' };

/** Authority is given by those who may delegate, everything else is decided by approvers; only ever by people. */
export function requireDecider(
  actor: Actor,
  approval: Pick<Approval, 'kind' | 'askedPersonId'>,
): asserts actor is Person {
  requirePermission(actor, namePermission(approval));
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible');
  // An administrator may delegate in the name of owners elsewhere; here a passkey speaks for its own person alone.
  if (approval.kind === 'authority' && approval.askedPersonId !== actor.person)
    throw new AppError('approval.not_eligible');
}

export function mayDecide(actor: Actor, approval: Pick<Approval, 'kind'>): boolean {
  return actor.kind === 'person' && hasPermission(actor, namePermission(approval));
}

function namePermission({ kind }: Pick<Approval, 'kind'>): Permission {
  return kind === 'authority' ? 'delegations.create' : 'approvals.decide';
}
