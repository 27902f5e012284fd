import { AppError } from '@countersign/api';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { findObstacle, loadModeChange, type ModeChangeRow } from './mode-change.ts';

export interface ViewedModeChange {
  readonly row: ModeChangeRow;
  /** The policy as it stands in force; null when it is not there any more. */
  readonly policyText: string | null;
  /** Why it cannot be signed; undefined while it can. */
  readonly obstacle: string | undefined;
}

/** A proposed change as its page shows it. Throws `policy.not_found`, `person.forbidden`. */
export async function getModeChange(
  context: PolicyContext,
  actor: Actor,
  id: string,
): Promise<ViewedModeChange> {
  requirePermission(actor, 'policies.read');
  const row = await loadModeChange(context.store.sql, id);
  const policy = context.policies.live?.policies.find((one) => one.id === row.policy_id);
  return { row, policyText: policy?.source.text ?? null, obstacle: findObstacle(context, row) };
}

export type PersonActor = Actor & { readonly kind: 'person' };

/** A person who may switch modes: the operator's token proposes, and never signs. Throws `person.forbidden`. */
export function requireSwitcher(actor: Actor): PersonActor {
  requirePermission(actor, 'policies.switch_mode');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  return actor;
}
