import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { findBundle } from './bundle/find-bundle.ts';
import { readModes } from './modes/read-modes.ts';
import { prepareRestored, type RestoredBundle } from './restore-bundle.ts';

const mostRounds = 5;

/**
 * Puts in force what another gateway has activated, switched or quarantined. Throws when it cannot be read or is not what
 * this deployment wrote.
 */
export async function refreshPolicies(context: PolicyContext): Promise<void> {
  // While one is compiled the next may be activated, here or elsewhere.
  for (let round = 0; round < mostRounds; round += 1) {
    const stored = await findActive(context.store.sql);
    if (stored === undefined) return;
    const { version } = stored;
    const row =
      version === context.policies.version ? undefined : await findBundle(context.store.sql, version);
    const restored = row === undefined ? undefined : await prepareRestored(context, row);
    if (!(await takeOver(context, version, restored))) continue;
    // Whoever activated it has had both engines agree; that they do here, too, need not keep the old one in force.
    restored
      ?.findDisagreements()
      .then((found) => restored.requireAgreement(found))
      .catch((err: unknown) =>
        context.log.error({ err, version }, 'policies of another gateway could not be checked'),
      );
    return;
  }
}

/** In the writer's turn: what this gateway activates or switches itself comes before it or after it. False when it is not in force any more. */
function takeOver(
  context: PolicyContext,
  version: string,
  restored: RestoredBundle | undefined,
): Promise<boolean> {
  const { policies, store } = context;
  return store.transaction(async (tx) => {
    const stored = await findActive(tx.sql);
    if (stored?.version !== version) return false;
    const isQuarantined = stored.quarantined_at !== null;
    if (restored !== undefined) {
      const install = await restored.settle(tx.sql, { isQuarantined });
      tx.afterCommit(install);
      return true;
    }
    const { live } = policies;
    if (live?.version !== version) return false;
    const modes = await readModes(tx.sql, policies.seals, live.policies);
    tx.afterCommit(() => {
      if (isQuarantined) policies.quarantine();
      for (const [policyId, mode] of modes)
        if (live.modes.get(policyId) !== mode) policies.switchMode(policyId, mode);
    });
    return true;
  });
}

/** Without the text of it, which is large. */
function findActive(sql: Kysely<Schema>) {
  return sql
    .selectFrom('policy_bundles')
    .select(['version', 'quarantined_at'])
    .where('activated_at', 'is not', null)
    .orderBy('activated_at', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}
