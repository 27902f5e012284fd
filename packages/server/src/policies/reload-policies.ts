import { type Actor, requirePermission } from '../people/index.ts';
import type { PolicyContext } from './activate-bundle.ts';

/** Reads the configured folder again, as the watching of it does. Throws `policy.invalid`. */
export async function reloadPolicies(
  context: PolicyContext,
  actor: Actor,
): Promise<{ readonly version: string }> {
  requirePermission(actor, 'policies.activate');
  await context.policies.reload();
  return { version: context.policies.version };
}
