import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { buildErrorResponse } from './authorization-response.ts';
import { loadConsentRequest, requireOpen, requirePersonActor } from './consent-request.ts';

/** A person's no, for which nothing has to be proven. Returns where the browser goes. Throws `token.consent_not_open`. */
export async function denyConsent(context: Context, actor: Actor, id: string): Promise<string> {
  const person = requirePersonActor(actor);
  const request = await context.store.transaction(async (tx) => {
    const open = await loadConsentRequest(context, tx, person, id);
    requireOpen(open);
    await tx.sql.updateTable('consent_requests').set({ state: 'denied' }).where('id', '=', id).execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'token.consent_denied',
      at: context.platform.now(),
      causes: [],
      person: person.person,
      body: { by: person.person, client: open.request.clientId, redirectUri: open.request.redirectUri },
    });
    return open.request;
  });
  return buildErrorResponse(request, context.tokens.issuer, new AppError('token.consent_denied'));
}

/** Gives up the request of another window of the same session, so that this one can go on. */
export async function replaceConsent(context: Context, actor: Actor, id: string): Promise<void> {
  const person = requirePersonActor(actor);
  await context.store.transaction(async (tx) => {
    requireOpen(await loadConsentRequest(context, tx, person, id));
    await tx.sql.updateTable('consent_requests').set({ state: 'replaced' }).where('id', '=', id).execute();
  });
}
