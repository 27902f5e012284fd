import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type Actor, nameActor } from '../actor.ts';
import { requirePermission } from '../require-permission.ts';
import { giveAuditAccessInput, signingMilliseconds, writeSignedAccess } from './audit-proposal.ts';
import { requireReader } from './give-audit-access.ts';

const longestMs = 90 * 24 * 60 * 60_000;

export interface ProposedAuditAccess {
  readonly id: string;
  /** Where an administrator signs it with a passkey. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Prepares that a person without any role may read some of the ledger for some time. Nothing is given until an
 * administrator has signed exactly this. Throws `person.audit_access_refused` for others, so that nobody reads under one name
 * and decides under another.
 */
export async function proposeAuditAccess(
  { config, platform, store }: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof giveAuditAccessInput>,
): Promise<ProposedAuditAccess> {
  requirePermission(actor, 'people.give_audit_access');
  const given = giveAuditAccessInput.parse(input);
  const now = platform.now();
  if (given.until <= now || given.until > now + longestMs)
    throw new AppError('server.request_invalid', { detail: 'until lies within the next 90 days' });
  const id = platform.newId('aud');
  const expiresAt = now + signingMilliseconds;
  const server = new URL(config.server.publicUrl).origin;
  const signedText = writeSignedAccess({ ...given, access: id, server, expiresAt });
  const digest = sha256(signedText);
  const record = platform.newId('rec');
  await store.transaction(async (tx) => {
    await requireReader(tx, given.personId);
    await tx.sql
      .insertInto('audit_proposals')
      .values({
        ...{ id, signed_text: signedText, digest, proposed_by: nameActor(actor), proposed_at: now },
        ...{ proposed_record: record, expires_at: expiresAt, signed_by: null, evidence: null },
      })
      .execute();
    tx.record({
      ...{ id: record, kind: 'person.audit_access_proposed', at: now, causes: [], person: given.personId },
      body: { access: id, by: nameActor(actor), digest },
    });
  });
  return { id, link: `${server}/people/audit-access/${id}`, expiresAt };
}
