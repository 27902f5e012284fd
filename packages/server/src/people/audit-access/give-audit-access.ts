import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Actor } from '../actor.ts';
import { askForSignature } from '../ask-for-signature.ts';
import { getPerson } from '../get-person.ts';
import {
  countSignature,
  type PasskeySignature,
  requireOwnPasskey,
  verifySignature,
} from '../passkey-signature.ts';
import { assertionInput } from '../person-input.ts';
import { requirePermissionToSign } from '../require-permission.ts';
import { type AuditAccess, readAccess } from './audit-access.ts';
import {
  type AuditProposalRow,
  findObstacle,
  loadAuditProposal,
  readSignedAccess,
} from './audit-proposal.ts';

type Giving = Pick<Context, 'config' | 'platform' | 'store'>;

/** What the browser needs so that an administrator's passkey signs exactly this: the challenge is its digest. */
export async function beginGiveAuditAccess(context: Giving, actor: Actor, id: string) {
  const giver = requireGiver(actor);
  const row = await loadAuditProposal(context.store.sql, id);
  requireOpen(row, context.platform.now());
  return askForSignature(context, giver.person, row.digest);
}

/**
 * Gives what was proposed: the passkey of an administrator must have signed the digest of the very text that is kept.
 * Counts once. Throws `person.audit_access_refused`, `person.audit_access_not_found`, `person.passkey_refused`.
 */
export async function giveAuditAccess(
  context: Giving,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<AuditAccess> {
  const giver = requireGiver(actor);
  const assertion = assertionInput.parse(input);
  const { config, platform, store } = context;
  const shown = await loadAuditProposal(store.sql, id);
  requireOpen(shown, platform.now());
  const passkey = await requireOwnPasskey(store.sql, giver.person, assertion);
  const signature = await verifySignature(passkey, assertion, shown.digest, config.server.publicUrl);
  return store.transaction(async (tx) => {
    const at = platform.now();
    const row = await loadAuditProposal(tx.sql, id);
    requireOpen(row, at);
    if (row.digest !== shown.digest) throw new AppError('person.audit_access_not_found');
    // Who was suspended, or is no administrator any more, since the session was looked up gives nothing.
    const now = await getPerson(tx, giver.person);
    if (now.state !== 'active') throw new AppError('person.forbidden');
    requireGiver({ ...giver, roles: giver.roles.filter((role) => now.roles.includes(role)) });
    await countSignature(tx, signature, at);
    await tx.sql
      .updateTable('audit_proposals')
      .set({ signed_by: giver.person, evidence: JSON.stringify(signature.evidence) })
      .where('id', '=', id)
      .execute();
    return openAccess(context, tx, { row, by: giver.person, signature, at });
  });
}

interface Opening {
  readonly row: AuditProposalRow;
  readonly by: string;
  readonly signature: PasskeySignature;
  readonly at: number;
}

async function openAccess(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  { row, by, signature, at }: Opening,
): Promise<AuditAccess> {
  const { content, personId: person, reason, scope, until } = readSignedAccess(row);
  await requireReader(tx, person);
  const record = platform.newId('rec');
  const access = {
    ...{ id: row.id, person_id: person, scope: JSON.stringify(scope), reason, until, record },
    ...{ content: content ? (1 as const) : (0 as const), given_by: by, given_at: at, ended_at: null },
  };
  await tx.sql.insertInto('audit_accesses').values(access).execute();
  tx.record({
    ...{ id: record, kind: 'person.audit_access_given', at, causes: [row.proposed_record], person },
    body: {
      ...{ access: row.id, by, content, reason, scope, until, digest: row.digest },
      credentialId: signature.row.credential_id,
      // The assertion itself is kept beside the access; this proves which one it was.
      evidenceDigest: sha256(JSON.stringify(signature.evidence)),
    },
  });
  return readAccess(access);
}

/** Throws `person.audit_access_refused` unless the person may do nothing else, and reads nothing yet. */
export async function requireReader(tx: Transaction, person: string): Promise<void> {
  const { roles, state } = await getPerson(tx, person);
  const other = await tx.sql
    .selectFrom('audit_accesses')
    .select('id')
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (roles.length === 0 && state !== 'suspended' && other === undefined) return;
  const detail = other === undefined ? 'only an active person without a role' : `it has ${other.id}`;
  throw new AppError('person.audit_access_refused', { detail });
}

function requireOpen(row: AuditProposalRow, at: number): void {
  const detail = findObstacle(row, at);
  if (detail !== undefined) throw new AppError('person.audit_access_refused', { detail });
}

/** A person: the operator's token proposes, and never signs. Throws `person.forbidden`. */
function requireGiver(actor: Actor): Actor & { readonly kind: 'person' } {
  requirePermissionToSign(actor, 'people.give_audit_access');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  return actor;
}
