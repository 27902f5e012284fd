import type { MasterKey } from '../../platform/master-key.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { openServerKey, type PublishedJwk, type SigningKey, sealServerKey } from '../../tokens/index.ts';

/** What signs receipts and their status lists. */
export interface ReceiptKeys {
  /** The `iss` of every receipt: the public URL. */
  readonly issuer: string;
  readonly current: SigningKey;
  /** All there ever were: a receipt is good for as long as somebody needs it. */
  readonly published: readonly PublishedJwk[];
}

/** Finds the keys in the data, or makes one on the first start. Throws when one was sealed under another master key. */
export async function loadReceiptKeys(parts: {
  readonly store: Pick<Store, 'sql'>;
  readonly masterKey: MasterKey;
  readonly platform: Pick<Platform, 'now'>;
  readonly issuer: string;
}): Promise<ReceiptKeys> {
  const { store, masterKey, platform, issuer } = parts;
  const stored = await store.sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', 'receipt')
    .orderBy('created_at', 'desc')
    .execute();
  if (stored.length === 0) {
    const made = sealServerKey(masterKey, 'receipt', platform.now());
    await store.sql.insertInto('server_keys').values(made).execute();
    stored.push(made);
  }
  const keys = stored.map((row) => openServerKey(masterKey, row));
  const [current] = keys;
  if (current === undefined) throw new Error('no key signs receipts');
  const published = keys.map(({ kid, publicJwk }) => ({
    ...publicJwk,
    ...{ kid, alg: 'ES256' as const, use: 'sig' as const },
  }));
  return { issuer, current, published };
}
