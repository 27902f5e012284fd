import type { MasterKey } from '../platform/master-key.ts';
import type { Store } from '../plugins/database/database.ts';
import { openServerKey } from './server-key.ts';

/** The Ed25519 key that signs checkpoints. */
export interface LedgerKey {
  /** Key name in signed notes (C2SP signed-note): the same for the life of the ledger, whatever URL the server has. */
  readonly name: string;
  /** PKCS #8 DER. */
  readonly privateKey: Uint8Array;
}

/** Throws unless `ensureServerKeys` ran. */
export async function loadLedgerKey(options: {
  store: Pick<Store, 'sql'>;
  masterKey: MasterKey;
}): Promise<LedgerKey> {
  const row = await options.store.sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', 'ledger')
    .where('retired_at', 'is', null)
    .orderBy('created_at', 'asc')
    .executeTakeFirstOrThrow();
  const key = openServerKey(options.masterKey, row);
  return {
    name: `countersign-ledger/${key.kid.slice(0, 16)}`,
    privateKey: new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}
