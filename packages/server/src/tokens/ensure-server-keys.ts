import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { sealServerKey } from './server-key.ts';

/** Makes the key that signs tokens and the one that signs the ledger, if this data folder has none. */
export async function ensureServerKeys(options: {
  store: Pick<Store, 'transaction'>;
  masterKey: MasterKey;
  platform: Pick<Platform, 'now'>;
}): Promise<void> {
  const { store, masterKey, platform } = options;
  await store.transaction(async ({ sql }) => {
    for (const use of ['token', 'ledger'] as const) {
      const current = await sql
        .selectFrom('server_keys')
        .select('kid')
        .where('use', '=', use)
        .where('retired_at', 'is', null)
        .executeTakeFirst();
      if (current) continue;
      await sql
        .insertInto('server_keys')
        .values(sealServerKey(masterKey, use, platform.now()))
        .execute();
    }
  });
}
