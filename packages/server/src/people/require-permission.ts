import { AppError, type Permission, permissions, type Role } from '@countersign/api';
import type { Actor } from './actor.ts';

/** Throws `person.forbidden` unless the actor holds the permission. The operator holds all but `approvals.decide`. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!hasPermission(actor, permission)) throw new AppError('person.forbidden', { detail: permission });
}

export function hasPermission(actor: Actor, permission: Permission): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'operator') return permission !== 'approvals.decide';
  if (actor.kind !== 'person') return false;
  const allowed: readonly Role[] = permissions[permission];
  return actor.roles.some((role) => allowed.includes(role));
}
