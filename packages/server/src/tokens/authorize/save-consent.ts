import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { loadDelegation, requireApprovers, revokeBranches, saveDelegation } from '../../delegations/index.ts';
import type { PasskeySignature } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { InteractiveClient } from '../clients/find-client.ts';
import { listResources } from './authorization-request.ts';
import type { ConsentRequest, PersonActor } from './consent-request.ts';

export interface Granting {
  readonly person: PersonActor;
  readonly client: InteractiveClient;
  readonly request: ConsentRequest;
  /** Over the draft. */
  readonly signature: PasskeySignature;
}

/** What a code is for. */
export interface Granted {
  readonly agentId: string;
  readonly delegationId: string;
  /** The record it follows from. */
  readonly cause: string;
}

interface NewConsent extends Granting {
  readonly agent: { readonly id: string; readonly causes: readonly string[] };
}

/** What the person allowed this client before for any of the same resources: the new consent takes its place. */
export async function findReplaced(
  context: Pick<Context, 'tokens'>,
  { sql }: Pick<Transaction, 'sql'>,
  { personId, request }: ConsentRequest,
) {
  const rows = await sql
    .selectFrom('client_consents')
    .select(['delegation_id', 'resources'])
    .where('client_id', '=', request.clientId)
    .where('person_id', '=', personId)
    .execute();
  const wanted = listResources(context.tokens.issuer, request.upstreams);
  return rows.filter((row) => {
    const earlier: readonly string[] = JSON.parse(row.resources);
    return earlier.some((resource) => wanted.includes(resource));
  });
}

/** Puts the drafted delegation in force, records it with the evidence of the signature, and ends what it replaces. */
export async function saveConsent(context: Context, tx: Transaction, granting: NewConsent): Promise<Granted> {
  const { person, request, agent } = granting;
  const { purpose, limits } = request.draft;
  const now = context.platform.now();
  if (limits.expiresAt <= now) throw new AppError('token.consent_not_open');
  await requireApprovers(context, tx.sql, {
    agent: { id: agent.id, owner_id: person.person },
    personId: person.person,
    limits,
  });
  const delegationId = context.platform.newId('dlg');
  const record = context.platform.newId('rec');
  await endReplaced(context, tx, request, delegationId);
  // Tasks that name no delegation are opened under the newest.
  await saveDelegation(tx, {
    ...{ id: delegationId, parent_id: null, from_person_id: person.person, from_agent_id: null },
    ...{ agent_id: agent.id, root_person_id: person.person, purpose, limits: JSON.stringify(limits) },
    ...{ is_default: 1, created_at: now, expires_at: limits.expiresAt, revoked_at: null },
    ...{ task_id: null, replaced_by: null },
  });
  recordDelegation(tx, granting, { delegationId, record, at: now });
  await keepEvidence(tx, granting, { delegationId, record, at: now });
  await tx.sql
    .insertInto('client_consents')
    .values({
      client_id: request.request.clientId,
      person_id: request.personId,
      agent_id: agent.id,
      delegation_id: delegationId,
      redirect_uri: request.request.redirectUri,
      resources: JSON.stringify(listResources(context.tokens.issuer, request.request.upstreams)),
      choices: JSON.stringify(request.choices),
      record,
      given_at: now,
    })
    .execute();
  return { agentId: agent.id, delegationId, cause: record };
}

async function endReplaced(
  context: Context,
  tx: Transaction,
  request: ConsentRequest,
  replacedBy: string,
): Promise<void> {
  for (const { delegation_id: id, resources } of await findReplaced(context, tx, request)) {
    const row = await loadDelegation(tx.sql, id);
    await revokeBranches(context, tx, {
      roots: row.revoked_at === null ? [row] : [],
      by: request.personId,
      causes: () => [],
      body: { replacedBy },
    });
    await tx.sql
      .deleteFrom('client_consents')
      .where('client_id', '=', request.request.clientId)
      .where('person_id', '=', request.personId)
      .where('resources', '=', resources)
      .execute();
  }
}

function recordDelegation(
  tx: Transaction,
  { agent, ...granting }: NewConsent,
  as: { readonly delegationId: string; readonly record: string; readonly at: number },
): void {
  const by = granting.person.person;
  const { purpose, limits } = granting.request.draft;
  tx.record({
    ...{ id: as.record, kind: 'delegation.created', at: as.at, causes: agent.causes },
    ...{ agent: agent.id, person: by, chain: [as.delegationId] },
    body: { ...{ by, purpose, limits, isDefault: true }, consent: describeConsent(granting) },
  });
}

/** What a record says of a signed consent. */
export function describeConsent({ person, client, request, signature }: Granting) {
  return {
    ...{ request: request.id, client: client.id, clientName: client.name },
    redirectUri: request.request.redirectUri,
    session: person.session,
    digest: request.draftDigest,
    credentialId: signature.row.credential_id,
    // The assertion itself is kept beside the record; this proves which one it was.
    evidenceDigest: sha256(JSON.stringify(signature.evidence)),
  };
}

export async function keepEvidence(
  tx: Transaction,
  { request, signature }: Granting,
  as: { readonly delegationId: string; readonly record: string; readonly at: number },
): Promise<void> {
  await tx.sql
    .insertInto('consent_evidence')
    .values({
      record: as.record,
      delegation_id: as.delegationId,
      signed_text: request.draftText,
      evidence: JSON.stringify(signature.evidence),
      at: as.at,
    })
    .execute();
}
