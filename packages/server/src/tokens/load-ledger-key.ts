import type { Kysely, Selectable } from 'kysely';
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
  const use: KeyUse = stream === 0 ? 'ledger' : `ledger-${stream}`;
  const row =
    (await findKey(sql, use)) ?? (await makeKey(sql, use, sealServerKey(masterKey, use, platform.now())));
  const key = openServerKey(masterKey, row);
  return {
    origin: `countersign-ledger/${key.kid.slice(0, 16)}`,
    privateKey: new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

type KeyUse = 'ledger' | `ledger-${number}`;

function findKey(sql: Kysely<Schema>, use: KeyUse) {
  return sql
    .selectFrom('server_keys')
    .selectAll()
    .where('use', '=', use)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
}

/** In one statement, so that of gateways that start together one makes the key. */
async function makeKey(sql: Kysely<Schema>, use: KeyUse, made: Selectable<Schema['server_keys']>) {
  const { kid, alg, public_jwk, sealed_private, created_at } = made;
  const keys = sql.selectFrom('server_keys').select('kid').where('use', '=', use);
  await sql
    .insertInto('server_keys')
    .columns(['kid', 'use', 'alg', 'public_jwk', 'sealed_private', 'created_at'])
    .expression(
      sql
        .selectNoFrom(({ val, cast }) => [
          ...[val(kid).as('kid'), val(use).as('use'), val(alg).as('alg'), val(public_jwk).as('public_jwk')],
          val(sealed_private).as('sealed_private'),
          cast<number>(val(created_at), 'bigint').as('created_at'),
        ])
        .where(({ not, exists }) => not(exists(keys.where('retired_at', 'is', null)))),
    )
    .execute();
  return (await findKey(sql, use)) ?? made;
}
