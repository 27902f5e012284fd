import type { PolicyContext } from '../activate-bundle.ts';

/**
 * From now on the official engine decides, also after a restart, until another version is activated. At once in this
 * process, and recorded; throws when that cannot be written, and then it holds for this process only.
 */
export async function quarantineBundle(
  context: PolicyContext,
  version: string,
  found: readonly Record<string, string>[],
): Promise<void> {
  if (context.policies.isQuarantined || context.policies.version !== version) return;
  context.policies.quarantine();
  const at = context.platform.now();
  context.log.error({ version, found }, 'the engines disagree: the official one decides from now on');
  await context.store.transaction(async (tx) => {
    await tx.sql
      .updateTable('policy_bundles')
      .set({ quarantined_at: at })
      .where('version', '=', version)
      .execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'policy.quarantined',
      at,
      causes: [],
      policyVersion: version,
      body: { by: 'system:policies', disagreements: [...found] },
    });
  });
}
