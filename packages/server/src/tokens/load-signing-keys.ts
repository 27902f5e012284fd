import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { openServerKey } from './server-key.ts';
import type { SigningKey } from './signing-keys.ts';

/** The stored token keys by which a token may still verify, newest first. */
export async function loadSigningKeys(options: {
  store: Pick<Store, 'sql'>;
  masterKey: MasterKey;
  platform: Pick<Platform, 'now'>;
}): Promise<readonly SigningKey[]> {
  const { store, masterKey, platform } = options;
  const rows = await store.sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', 'token')
    .where((where) => where.or([where('removed_at', 'is', null), where('removed_at', '>', platform.now())]))
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => openServerKey(masterKey, row));
}
