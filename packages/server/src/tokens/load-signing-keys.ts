import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { openServerKey, sealServerKey } from './server-key.ts';
import type { SigningKey } from './signing-keys.ts';

interface KeyOptions {
  readonly store: Pick<Store, 'sql' | 'transaction'>;
  readonly masterKey: MasterKey;
  readonly platform: Pick<Platform, 'now' | 'newId'>;
}

/** Also inside of a transaction. */
type ReadOptions = Omit<KeyOptions, 'store'> & { readonly store: Pick<Store, 'sql'> };

/** The stored keys by which a token may still verify, newest first. */
export async function loadSigningKeys(options: ReadOptions): Promise<readonly SigningKey[]> {
  const { store, masterKey, platform } = options;
  const rows = await store.sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', 'token')
    .where((where) => where.or([where('removed_at', 'is', null), where('removed_at', '>', platform.now())]))
    .orderBy('created_at', 'desc')
    .execute();
  const keys = rows.map((row) => openServerKey(masterKey, row));
  return keys.toSorted((a, b) => Number(a.removedAt !== null) - Number(b.removedAt !== null));
}

/** Makes the key that signs tokens on the first start. */
export async function ensureSigningKey(options: KeyOptions): Promise<void> {
  const { store, masterKey, platform } = options;
  await store.transaction(async (tx) => {
    const held = tx.sql.selectFrom('server_keys').select('kid').where('use', '=', 'token');
    if (await held.where('retired_at', 'is', null).executeTakeFirst()) return;
    const row = sealServerKey(masterKey, 'token', platform.now());
    await tx.sql.insertInto('server_keys').values(row).execute();
    tx.record({
      id: platform.newId('rec'),
      kind: 'token.keys_rotated',
      at: platform.now(),
      causes: [],
      body: { by: 'system:start', kid: row.kid, retired: [], removedAt: null, revokedEarlier: false },
    });
  });
}
