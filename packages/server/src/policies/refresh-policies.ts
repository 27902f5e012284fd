import type { PolicyContext } from './activate-bundle.ts';
import { findBundle } from './bundle/find-bundle.ts';
import { readModes } from './modes/read-modes.ts';
import { restoreBundle } from './restore-bundle.ts';

const mostRounds = 5;

/**
 * Puts in force what another gateway has activated, switched or quarantined. Throws when it cannot be read or is not what
 * this deployment wrote.
 */
export async function refreshPolicies(context: PolicyContext): Promise<void> {
  // While one is compiled the next may be activated, here or elsewhere.
  for (let round = 0; round < mostRounds; round += 1) {
    const stored = await findActive(context);
    if (stored === undefined) return;
    if (stored.version === context.policies.version) return refreshModes(context, stored);
    const row = await findBundle(context.store.sql, stored.version);
    if (row !== undefined) await restoreBundle(context, row);
  }
}

/** Without the text of it, which is large. */
function findActive({ store }: PolicyContext) {
  return store.sql
    .selectFrom('policy_bundles')
    .select(['version', 'quarantined_at'])
    .where('activated_at', 'is not', null)
    .orderBy('activated_at', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function refreshModes(
  { policies, store }: PolicyContext,
  stored: { readonly quarantined_at: number | null },
): Promise<void> {
  if (stored.quarantined_at !== null) policies.quarantine();
  const { live } = policies;
  if (live === null) return;
  const modes = await readModes(store.sql, policies.seals, live.policies);
  for (const [policyId, mode] of modes)
    if (live.modes.get(policyId) !== mode) policies.switchMode(policyId, mode);
}
