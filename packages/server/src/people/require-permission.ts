import {
  AppError,
  changesAuthority,
  type Permission,
  permissions,
  type Role,
  takesPerson,
} from '@countersign/api';
import type { Actor } from './actor.ts';

/**
 * Throws `person.forbidden` unless the actor holds the permission, and `person.passkey_needed` when it changes authority
 * and no passkey verified the person lately. The operator holds all but what takes a person.
 */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!hasPermission(actor, permission)) throw new AppError('person.forbidden', { detail: permission });
  if (changesAuthority(permission)) requireFresh(actor);
}

/** For what takes a signature of the passkey itself: it needs no other one lately. Throws `person.forbidden`. */
export function requirePermissionToSign(actor: Actor, permission: Permission): void {
  if (!hasPermission(actor, permission)) throw new AppError('person.forbidden', { detail: permission });
}

/** Throws `person.passkey_needed` for a person whom no passkey verified lately in this session. */
export function requireFresh(actor: Actor): void {
  if (actor.kind === 'person' && !actor.isFresh) throw new AppError('person.passkey_needed');
}

export function hasPermission(actor: Actor, permission: Permission): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'operator') return !takesPerson(permission);
  if (actor.kind !== 'person') return false;
  const allowed: readonly Role[] = permissions[permission];
  return actor.roles.some((role) => allowed.includes(role));
}
