import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import { type AgentFacts, registerInteractiveAgent, requireActivePerson } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import {
  type Actor,
  assertionInput,
  countSignature,
  requireOwnPasskey,
  requirePermissionToSign,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { findClient, type InteractiveClient } from '../clients/find-client.ts';
import { issueCode } from './authorization-code.ts';
import { buildCodeResponse } from './authorization-response.ts';
import { loadConsentRequest, type PersonActor, requireOpen, requirePersonActor } from './consent-request.ts';
import { repeatConsent } from './repeat-consent.ts';
import { findReplaced, saveConsent } from './save-consent.ts';

/**
 * A person's yes to exactly one delegation: the passkey must have signed the digest of the very text that was shown. It
 * makes the agent that stands for this client in this person's hands and ends what the client was allowed before, or lets
 * that go on as it is. Returns where the browser takes the code. Throws `token.consent_not_open`, `person.passkey_refused`, `agent.not_active`.
 */
export async function grantConsent(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<string> {
  const person = requirePersonActor(actor);
  requirePermissionToSign(actor, 'delegations.create');
  const assertion = assertionInput.parse(input);
  const shown = await loadConsentRequest(context, context.store, person, id);
  requireOpen(shown);
  // The text is what was shown and what is put in force; a digest that no longer fits it proves nothing.
  if (sha256(shown.draftText) !== shown.draftDigest) throw new AppError('token.consent_not_open');
  const client = await findClient(context, shown.request.clientId);
  const row = await requireOwnPasskey(context.store.sql, person.person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(row, assertion, shown.draftDigest, publicUrl);
  const replaced = shown.draft.goesOn === null ? await findReplaced(context, context.store, shown) : [];
  // Calls under what it replaces are kept out before the end is written.
  const holds = replaced.map(({ delegation_id: delegation }) =>
    context.stops.hold('delegation', delegation, new AppError('delegation.not_active')),
  );
  try {
    const code = await context.store.transaction(async (tx) => {
      const request = await loadConsentRequest(context, tx, person, id);
      requireOpen(request);
      if (request.draftDigest !== shown.draftDigest) throw new AppError('token.consent_not_open');
      await requireActivePerson(tx.sql, person.person);
      await countSignature(tx, signature, context.platform.now());
      const granting = { person, client, request, signature };
      const { goesOn } = request.draft;
      const granted =
        goesOn === null
          ? await saveConsent(context, tx, {
              ...granting,
              agent: await takeAgent(context, tx, person, client),
            })
          : await repeatConsent(context, tx, granting, goesOn);
      await tx.sql.updateTable('consent_requests').set({ state: 'granted' }).where('id', '=', id).execute();
      await touchClient(context, tx, client);
      return issueCode(context, tx, { request: request.request, personId: person.person, ...granted });
    });
    return buildCodeResponse(shown.request, context.tokens.issuer, code);
  } finally {
    for (const hold of holds) hold.release();
  }
}

/** The agent of this client and person, or a new one when there is none or it was retired. */
async function takeAgent(
  context: Context,
  tx: Transaction,
  person: PersonActor,
  client: InteractiveClient,
): Promise<{ readonly id: string; readonly causes: readonly string[] }> {
  const known = await tx.sql
    .selectFrom('client_consents')
    .innerJoin('agents', 'agents.id', 'client_consents.agent_id')
    .select(['agents.id', 'agents.state', 'agents.owner_id', 'client_consents.record'])
    .where('client_id', '=', client.id)
    .where('person_id', '=', person.person)
    .orderBy('client_consents.given_at', 'desc')
    .executeTakeFirst();
  if (known !== undefined && known.state !== 'retired' && known.owner_id === person.person) {
    // Somebody took it out of action: a consent does not undo that.
    if (!mayAgentAct(known.state satisfies AgentFacts['state'])) throw new AppError('agent.not_active');
    return { id: known.id, causes: [known.record] };
  }
  const given = { ownerId: person.person, clientId: client.id, clientName: client.name };
  const { id, record } = await registerInteractiveAgent(context, tx, person, given);
  return { id, causes: [record] };
}

async function touchClient(context: Context, tx: Transaction, client: InteractiveClient): Promise<void> {
  if (client.kind === 'document') return;
  await tx.sql
    .updateTable('clients')
    .set({ used_at: context.platform.now() })
    .where('id', '=', client.id)
    .execute();
}
