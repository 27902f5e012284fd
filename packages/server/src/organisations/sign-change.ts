import { AppError } from '@countersign/api';
import { isWithin, type Limits } from '@countersign/core';
import type { Context } from '../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  getPerson,
  type PasskeySignature,
  requireOwnPasskey,
  requirePermissionToSign,
  verifySignature,
} from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { UniqueViolation } from '../plugins/database/database.ts';
import { type ChangeRow, findObstacle, loadChange, readSignedChange } from './change.ts';
import { showCurrent } from './list-organisations.ts';
import { type Organisation, type OrganisationView, readOrganisation } from './organisation.ts';
import { type OrganisationTerms, readCeiling } from './terms.ts';

/** What the browser needs so that an administrator's passkey signs exactly this: the challenge is its digest. */
export async function beginSignChange(context: Context, actor: Actor, id: string) {
  const signer = requireSigner(actor);
  const row = await loadChange(context.store.sql, id);
  requireOpen(row, context.platform.now());
  return askForSignature(context, signer.person, row.digest);
}

/**
 * Puts the terms in force whose digest an administrator's passkey has signed. Open tasks that reach beyond the new ceiling,
 * or whose agent the organisation vouches for no more, end with the same transaction. Throws `organisation.change_refused`,
 * `organisation.not_found`, `person.passkey_refused`.
 */
export async function signChange(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<OrganisationView> {
  const signer = requireSigner(actor);
  const assertion = assertionInput.parse(input);
  const { config, platform, store } = context;
  const shown = await loadChange(store.sql, id);
  requireOpen(shown, platform.now());
  const passkey = await requireOwnPasskey(store.sql, signer.person, assertion);
  const signature = await verifySignature(passkey, assertion, shown.digest, config.server.publicUrl);
  try {
    const saved = await store.transaction(async (tx) => {
      const at = platform.now();
      const row = await loadChange(tx.sql, id);
      requireOpen(row, at);
      if (row.digest !== shown.digest) throw new AppError('organisation.not_found');
      // Who was suspended, or is no administrator any more, since the session was looked up changes nothing.
      const now = await getPerson(tx, signer.person);
      if (now.state !== 'active') throw new AppError('person.forbidden');
      requireSigner({ ...signer, roles: signer.roles.filter((role) => now.roles.includes(role)) });
      await countSignature(tx, signature, at);
      await tx.sql
        .updateTable('organisation_changes')
        .set({ signed_by: signer.person, evidence: JSON.stringify(signature.evidence) })
        .where('id', '=', id)
        .execute();
      const organisation = await saveTerms(context, tx, { row, by: signer.person, signature, at });
      tx.afterCommit(() => context.organisations.put(organisation));
      return organisation;
    });
    return await showCurrent(context, saved);
  } catch (thrown) {
    if (!(thrown instanceof UniqueViolation)) throw thrown;
    throw new AppError('organisation.change_refused', { detail: 'an agent belongs to another organisation' });
  }
}

async function saveTerms(
  context: Context,
  tx: Transaction,
  signed: { row: ChangeRow; by: string; signature: PasskeySignature; at: number },
): Promise<Organisation> {
  const { row, by, signature, at } = signed;
  const { terms } = readSignedChange(row);
  const all = (await tx.sql.selectFrom('organisations').selectAll().execute()).map(readOrganisation);
  const before = all.find(({ name }) => name === terms.name);
  requireOwnIssuers(terms, all);
  await requireAgents(tx, terms);
  const id = before?.id ?? context.platform.newId('org');
  const record = context.platform.newId('rec');
  const organisation: Organisation = {
    ...{ id, name: terms.name, state: 'active', terms, changedAt: at, changedRecord: record },
  };
  const values = {
    state: 'active',
    terms: JSON.stringify(terms),
    changed_at: at,
    changed_record: record,
  } as const;
  if (before === undefined)
    await tx.sql
      .insertInto('organisations')
      .values({ id, name: terms.name, ...values })
      .execute();
  else await tx.sql.updateTable('organisations').set(values).where('id', '=', id).execute();
  await tx.sql.deleteFrom('organisation_agents').where('organisation_id', '=', id).execute();
  for (const agent_id of terms.agents)
    await tx.sql.insertInto('organisation_agents').values({ agent_id, organisation_id: id }).execute();
  const ended = await endBeyond(context, tx, { terms, before, by, record });
  tx.record({
    ...{ id: record, kind: 'organisation.changed', at, person: by },
    causes: [row.proposed_record, ...(before === undefined ? [] : [before.changedRecord])],
    body: {
      ...{ organisation: terms.name, by, change: row.id, digest: row.digest, terms, ended: ended.length },
      was: before?.state ?? 'unknown',
      credentialId: signature.row.credential_id,
      // The assertion itself is kept beside the change; this proves which one it was.
      evidenceDigest: sha256(JSON.stringify(signature.evidence)),
    },
  });
  return organisation;
}

/** Ends what the new terms would not have let be opened. */
async function endBeyond(
  context: Context,
  tx: Transaction,
  change: { terms: OrganisationTerms; before: Organisation | undefined; by: string; record: string },
): Promise<readonly string[]> {
  const { terms, before, by, record } = change;
  const ceiling = readCeiling(terms);
  const agents = [...new Set([...(before?.terms.agents ?? []), ...terms.agents])];
  if (agents.length === 0) return [];
  const open = await tx.sql
    .selectFrom('tasks')
    .leftJoin('organisation_tasks', 'organisation_tasks.task_id', 'tasks.id')
    .select(['tasks.id', 'tasks.agent_id', 'tasks.limits', 'organisation_tasks.issuer'])
    .where('tasks.agent_id', 'in', agents)
    .where('tasks.ended_at', 'is', null)
    .execute();
  const beyond = open.filter(
    (task) =>
      !terms.agents.includes(task.agent_id) ||
      !terms.issuers.some(({ issuer }) => issuer === task.issuer) ||
      !isWithin(JSON.parse(task.limits) as Limits, ceiling).within,
  );
  for (const { id } of beyond)
    await context.tasks.close(tx, { under: { task: id }, reason: 'stopped', by, causes: [record] });
  return beyond.map(({ id }) => id);
}

function requireOwnIssuers(terms: OrganisationTerms, all: readonly Organisation[]): void {
  const others = all.filter(({ name }) => name !== terms.name).flatMap((one) => one.terms.issuers);
  const shared = terms.issuers.find(({ issuer }) => others.some((other) => other.issuer === issuer));
  if (shared === undefined) return;
  throw new AppError('organisation.change_refused', { detail: 'an issuer belongs to another organisation' });
}

async function requireAgents(tx: Transaction, { agents, towards }: OrganisationTerms): Promise<void> {
  const named = [...new Set([...agents, ...towards.map(({ agentId }) => agentId)])];
  if (named.length === 0) return;
  const found = await tx.sql.selectFrom('agents').select('id').where('id', 'in', named).execute();
  if (found.length < named.length) throw new AppError('agent.not_found');
}

function requireOpen(row: ChangeRow, at: number): void {
  const detail = findObstacle(row, at);
  if (detail !== undefined) throw new AppError('organisation.change_refused', { detail });
}

/** A person: the operator's token proposes, and never signs. Throws `person.forbidden`. */
function requireSigner(actor: Actor): Actor & { readonly kind: 'person' } {
  requirePermissionToSign(actor, 'organisations.change');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  return actor;
}
