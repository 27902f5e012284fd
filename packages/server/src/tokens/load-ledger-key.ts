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

/** Finds the key of a stream of the ledger in the data, or makes it on the first start. Throws when it was sealed under another master key. */
export async function loadLedgerKey(options: {
  sql: Kysely<Schema>;
  masterKey: MasterKey;
  platform: Pick<Platform, 'now'>;
  /** The number of the stream; the first one's, which is there from the first start on, also signs reports. */
  stream?: number;
}): Promise<LedgerKey> {
  const { sql, masterKey, platform, stream = 0 } = options;
  const use = stream === 0 ? ('ledger' as const) : (`ledger-${stream}` as const);
  const stored = await sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', use)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  const row = stored ?? sealServerKey(masterKey, use, platform.now());
  if (!stored) await sql.insertInto('server_keys').values(row).execute();
  const key = openServerKey(masterKey, row);
  return {
    origin: `countersign-ledger/${key.kid.slice(0, 16)}`,
    privateKey: new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}
