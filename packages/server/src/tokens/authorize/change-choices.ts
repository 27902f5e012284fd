import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { findClient } from '../clients/find-client.ts';
import { consentChoicesSchema } from './consent-choices.ts';
import { loadConsentRequest, requireOpen, requirePersonActor } from './consent-request.ts';
import { draftConsent } from './draft-consent.ts';

/**
 * Drafts the delegation anew from what the person ticked. What was drafted before can no longer be signed. Throws
 * `token.consent_not_open`, `server.request_invalid`.
 */
export async function changeChoices(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<void> {
  const person = requirePersonActor(actor);
  const choices = consentChoicesSchema.parse(input);
  const before = await loadConsentRequest(context, context.store, person, id);
  requireOpen(before);
  const client = await findClient(context, before.request.clientId);
  const about = { requestId: id, personId: person.person, client, request: before.request };
  const draft = draftConsent(context, about, choices);
  await context.store.transaction(async (tx) => {
    requireOpen(await loadConsentRequest(context, tx, person, id));
    await tx.sql
      .updateTable('consent_requests')
      .set({ choices: JSON.stringify(choices), draft: draft.text, draft_digest: draft.digest })
      .where('id', '=', id)
      .execute();
  });
}
