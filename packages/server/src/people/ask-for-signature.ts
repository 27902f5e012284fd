import type { Context } from '../context.ts';
import { loadWebauthn } from './load-webauthn.ts';
import { readRelyingParty } from './relying-party.ts';

const timeoutMilliseconds = 120_000;

/**
 * What the browser needs so that a passkey of this person signs exactly this digest (base64url): it is the challenge
 * itself, so nothing has to be remembered here and nothing else can be signed instead.
 */
export async function askForSignature(
  { config, store }: Pick<Context, 'config' | 'store'>,
  personId: string,
  digest: string,
) {
  const passkeys = await store.sql
    .selectFrom('passkeys')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', personId)
    .execute();
  const { generateAuthenticationOptions } = await loadWebauthn();
  return generateAuthenticationOptions({
    rpID: readRelyingParty(config.server.publicUrl).id,
    challenge: Uint8Array.from(Buffer.from(digest, 'base64url')),
    allowCredentials: passkeys.map((passkey) => ({
      id: passkey.credential_id,
      transports: JSON.parse(passkey.transports),
    })),
    timeout: timeoutMilliseconds,
    userVerification: 'required',
  });
}
