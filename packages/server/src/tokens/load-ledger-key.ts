import type { Kysely } from 'kysely';
import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { openServerKey, sealServerKey } from './server-key.ts';

/** The Ed25519 key that signs checkpoints. */
export interface LedgerKey {
  /** The log's name in its checkpoints (C2SP tlog-checkpoint): stays the same whatever URL the server has. */
  readonly origin: string;
  /** PKCS #8 DER. */
  readonly privateKey: Uint8Array;
}

/** Finds the ledger's key in the data, or makes it on the first start. Throws when it was sealed under another master key. */
export async function loadLedgerKey(options: {
  sql: Kysely<Schema>;
  masterKey: MasterKey;
  platform: Pick<Platform, 'now'>;
}): Promise<LedgerKey> {
  const { sql, masterKey, platform } = options;
  const stored = await sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', 'ledger')
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  const row = stored ?? sealServerKey(masterKey, 'ledger', platform.now());
  if (!stored) await sql.insertInto('server_keys').values(row).execute();
  const key = openServerKey(masterKey, row);
  return {
    origin: `countersign-ledger/${key.kid.slice(0, 16)}`,
    privateKey: new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}
