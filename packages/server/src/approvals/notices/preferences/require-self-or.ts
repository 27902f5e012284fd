import { AppError, type Permission } from '@countersign/api';
import { type Actor, requirePermission } from '../../../people/index.ts';

/** One's own needs no permission, that of others does. Agents have no channels. */
export function requireSelfOr(actor: Actor, personId: string, permission: Permission): void {
  if (actor.kind === 'person' && actor.person === personId) return;
  if (actor.kind === 'agent') throw new AppError('person.forbidden', { detail: permission });
  requirePermission(actor, permission);
}
