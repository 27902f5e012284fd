import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { openServerKey, sealServerKey } from '../../tokens/index.ts';
import { findActiveBundle, readFiles } from '../bundle/find-bundle.ts';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { keepModes } from '../modes/keep-modes.ts';
import { createPolicySeals, type PolicySeals } from './create-policy-seals.ts';

type SealParts = Pick<Context, 'masterKey' | 'platform' | 'store'>;

/**
 * Finds the key that signs bundles, or makes it on the first start. Bundles from before there was a key are signed then,
 * once, and the ledger says so: when the key is taken out of the database later, nothing is adopted.
 */
export async function openPolicySeals(parts: SealParts): Promise<PolicySeals> {
  const { masterKey, platform } = parts;
  return parts.store.transaction(async (tx) => {
    const stored = await tx.sql
      .selectFrom('server_keys')
      .selectAll()
      .where('use', '=', 'policy')
      .where('retired_at', 'is', null)
      .executeTakeFirst();
    const row = stored ?? sealServerKey(masterKey, 'policy', platform.now());
    const seals = createPolicySeals(masterKey, openServerKey(masterKey, row));
    if (stored === undefined) {
      await tx.sql.insertInto('server_keys').values(row).execute();
      const adopted = (await hasMadeKey(tx)) ? [] : await adoptBundles(tx, seals, platform.now());
      tx.record({
        id: platform.newId('rec'),
        kind: 'policy.key_made',
        at: platform.now(),
        causes: [],
        body: {
          by: 'system:policies',
          kid: row.kid,
          adopted: adopted.slice(0, 100),
          bundles: adopted.length,
        },
      });
    }
    return seals;
  });
}

async function hasMadeKey(tx: Transaction): Promise<boolean> {
  const term = writeTerm('kind', 'policy.key_made');
  const found = tx.sql.selectFrom('ledger_terms').select('seq').where('term', '=', term).limit(1);
  return (await found.executeTakeFirst()) !== undefined;
}

async function adoptBundles(tx: Transaction, seals: PolicySeals, now: number): Promise<readonly string[]> {
  const rows = await tx.sql.selectFrom('policy_bundles').selectAll().orderBy('version').execute();
  for (const row of rows) {
    const author = row.activated_by ?? 'unknown';
    await tx.sql
      .updateTable('policy_bundles')
      .set({ author, ...seals.signBundle({ ...row, author }) })
      .where('version', '=', row.version)
      .execute();
  }
  const active = await findActiveBundle(tx.sql);
  if (active !== undefined) await keepModes(tx, seals, parseBundle(readFiles(active)).policies, now);
  return rows.map((row) => row.version);
}
