import { AppError } from '@countersign/api';
import type { ExpressionBuilder } from 'kysely';
import type { Actor } from '../people/index.ts';
import type { Schema } from '../plugins/database/schema.ts';
import type { Approval } from './approval-state.ts';

/** A check exists for the person it checks alone: whoever else knew of it could tell them. */
export function isVisibleTo(actor: Actor, { checkPersonId }: Pick<Approval, 'checkPersonId'>): boolean {
  return checkPersonId === null || (actor.kind === 'person' && actor.person === checkPersonId);
}

/** Throws `approval.not_found` for anybody else's check. */
export function requireVisible(actor: Actor, approval: Pick<Approval, 'checkPersonId'>): void {
  if (!isVisibleTo(actor, approval)) throw new AppError('approval.not_found');
}

/** The same for lists; to be joined with `or`. */
export function selectVisible(where: ExpressionBuilder<Schema, 'approvals'>, actor: Actor) {
  const isReal = where('check_person_id', 'is', null);
  return actor.kind === 'person' ? [isReal, where('check_person_id', '=', actor.person)] : [isReal];
}
