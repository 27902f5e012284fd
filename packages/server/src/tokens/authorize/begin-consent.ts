import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, askForSignature, requirePermissionToSign } from '../../people/index.ts';
import { loadConsentRequest, requireOpen, requirePersonActor } from './consent-request.ts';

/**
 * What the browser needs so that the person's passkey signs exactly the delegation on the page: the challenge is its
 * digest. `digest` says which one the page shows; another window may have changed it since. Throws
 * `token.consent_not_open`.
 */
export async function beginConsent(context: Context, actor: Actor, id: string, digest: string) {
  const person = requirePersonActor(actor);
  requirePermissionToSign(actor, 'delegations.create');
  const request = await loadConsentRequest(context, context.store, person, id);
  requireOpen(request);
  if (digest !== request.draftDigest) {
    throw new AppError('token.consent_not_open', {
      detail: 'it was changed in another window: load it again',
    });
  }
  return askForSignature(context, person.person, request.draftDigest);
}
