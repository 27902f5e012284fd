import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, loadWebauthn, readRelyingParty, requirePermission } from '../../people/index.ts';
import { loadConsentRequest, requireOpen, requirePersonActor } from './consent-request.ts';

/**
 * What the browser needs so that the person's passkey signs exactly the delegation on the page: the challenge is its
 * digest. `digest` says which one the page shows; another window may have changed it since. Throws
 * `token.consent_not_open`.
 */
export async function beginConsent(context: Context, actor: Actor, id: string, digest: string) {
  const person = requirePersonActor(actor);
  requirePermission(actor, 'delegations.create');
  const request = await loadConsentRequest(context, context.store, person, id);
  requireOpen(request);
  if (digest !== request.draftDigest) {
    throw new AppError('token.consent_not_open', {
      detail: 'it was changed in another window: load it again',
    });
  }
  const passkeys = await context.store.sql
    .selectFrom('passkeys')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', person.person)
    .execute();
  const { generateAuthenticationOptions } = await loadWebauthn();
  return generateAuthenticationOptions({
    rpID: readRelyingParty(context.config.server.publicUrl).id,
    challenge: Uint8Array.from(Buffer.from(request.draftDigest, 'base64url')),
    allowCredentials: passkeys.map((passkey) => ({
      id: passkey.credential_id,
      transports: JSON.parse(passkey.transports),
    })),
    timeout: 120_000,
    userVerification: 'required',
  });
}
