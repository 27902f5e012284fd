import type { Context } from '../context.ts';

/**
 * For tests: a context in which production asks an approver, and these alone could say yes. In the house itself no policy
 * asks anybody from now on, so that agents can be made.
 */
export function askInProduction(
  { context }: { readonly context: Context },
  approvers: readonly string[],
): Context {
  Object.assign(context, { policies: { live: null } });
  const policy = { id: 'pay', effect: 'forbid', stepUp: 'approvers=role:approver', head: {} };
  return {
    ...context,
    policies: { live: { policies: [policy], modes: new Map() } },
    approvals: { findEligible: async () => approvers.map((personId) => ({ personId, forPersonId: null })) },
  } as unknown as Context;
}
