import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import { type AgentFacts, registerInteractiveAgent, requireActivePerson } from '../../agents/index.ts';
import type { PasskeyEvidence } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import {
  type Actor,
  type Assertion,
  assertionInput,
  readRelyingParty,
  requirePermission,
  verifyPasskey,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { findClient, type InteractiveClient } from '../clients/find-client.ts';
import { issueCode } from './authorization-code.ts';
import { buildCodeResponse } from './authorization-response.ts';
import {
  type ConsentRequest,
  loadConsentRequest,
  type PersonActor,
  requireOpen,
  requirePersonActor,
} from './consent-request.ts';
import { repeatConsent } from './repeat-consent.ts';
import { findReplaced, type Signature, saveConsent } from './save-consent.ts';

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
  requirePermission(actor, 'delegations.create');
  const assertion = assertionInput.parse(input);
  const shown = await loadConsentRequest(context, context.store, person, id);
  requireOpen(shown);
  // The text is what was shown and what is put in force; a digest that no longer fits it proves nothing.
  if (sha256(shown.draftText) !== shown.draftDigest) throw new AppError('token.consent_not_open');
  const client = await findClient(context, shown.request.clientId);
  const signature = await verifySignature(context, person, shown, assertion);
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
      await countPasskey(context, tx, signature);
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

async function verifySignature(
  context: Context,
  person: PersonActor,
  request: ConsentRequest,
  assertion: Assertion,
): Promise<Signature> {
  const row = await context.store.sql
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', assertion.id)
    .where('person_id', '=', person.person)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('person.passkey_refused', { cause: 'not their passkey' });
  const { publicUrl } = context.config.server;
  const counter = await verifyPasskey(row, assertion, request.draftDigest, publicUrl);
  const { id, origin } = readRelyingParty(publicUrl);
  const evidence: PasskeyEvidence = {
    credentialId: row.credential_id,
    publicKey: Buffer.from(row.public_key).toString('base64url'),
    authenticatorData: assertion.response.authenticatorData,
    clientDataJson: assertion.response.clientDataJSON,
    signature: assertion.response.signature,
    rpId: id,
    origin,
  };
  return { row, counter, evidence };
}

async function countPasskey(context: Context, tx: Transaction, signature: Signature): Promise<void> {
  const { row, counter } = signature;
  const counted = await tx.sql
    .updateTable('passkeys')
    .set({ counter, last_used_at: context.platform.now() })
    .where('credential_id', '=', row.credential_id)
    // Two answers verified against the same counter: only one of them is new.
    .where('counter', '=', row.counter)
    .executeTakeFirst();
  if (counted.numUpdatedRows !== 1n) throw new AppError('person.passkey_refused');
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
