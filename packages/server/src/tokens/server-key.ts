import type { JsonWebKey } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { MasterKey } from '../platform/master-key.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { generatePrivateJwk, type SigningKey, toSigningKey } from './signing-keys.ts';

type ServerKeyUse = Selectable<Schema['server_keys']>['use'];

/** A new key of this server as it is stored: the private part sealed for exactly this key and use. */
export function sealServerKey(
  masterKey: MasterKey,
  use: ServerKeyUse,
  now: number,
): Selectable<Schema['server_keys']> {
  const alg = use === 'token' || use === 'receipt' ? 'ES256' : 'EdDSA';
  const privateJwk = generatePrivateJwk(alg);
  const { kid, publicJwk } = toSigningKey(privateJwk, null);
  return {
    kid,
    use,
    alg,
    public_jwk: JSON.stringify(publicJwk),
    sealed_private: masterKey.seal(JSON.stringify(privateJwk), purposeOf(use, kid)),
    created_at: now,
    retired_at: null,
    removed_at: null,
  };
}

/** Throws when the stored key was changed, or sealed under another master key. */
export function openServerKey(
  masterKey: MasterKey,
  row: Pick<Selectable<Schema['server_keys']>, 'kid' | 'use' | 'sealed_private' | 'removed_at'>,
): SigningKey {
  const privateJwk: JsonWebKey = JSON.parse(masterKey.open(row.sealed_private, purposeOf(row.use, row.kid)));
  const key = toSigningKey(privateJwk, row.removed_at);
  if (key.kid !== row.kid) throw new Error(`the stored key ${row.kid} is another key`);
  return key;
}

function purposeOf(use: ServerKeyUse, kid: string): string {
  return `server_keys/${use}/${kid}`;
}
