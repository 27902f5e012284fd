import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { type Actor, nameActor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import { personId } from '../person-input.ts';
import { requirePermission } from '../require-permission.ts';
import { type AuditAccess, auditScope, readAccess } from './audit-access.ts';

const longestMs = 90 * 24 * 60 * 60_000;

/** `until` is epoch milliseconds, at most 90 days from now. */
export const giveAuditAccessInput = z.strictObject({
  personId,
  scope: auditScope,
  content: z.boolean().default(false),
  until: z.number().int(),
  reason: plainLine(500),
});

/**
 * Lets a person without any role read some of the ledger for some time. Throws `person.audit_access_refused` for others,
 * so that nobody reads under one name and decides under another.
 */
export async function giveAuditAccess(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof giveAuditAccessInput>,
): Promise<AuditAccess> {
  requirePermission(actor, 'people.give_audit_access');
  const { content, personId: person, reason, scope, until } = giveAuditAccessInput.parse(input);
  const now = platform.now();
  if (until <= now || until > now + longestMs)
    throw new AppError('server.request_invalid', { detail: 'until lies within the next 90 days' });
  return store.transaction(async (tx) => {
    const { roles, state } = await getPerson(tx, person);
    const other = await tx.sql
      .selectFrom('audit_accesses')
      .select('id')
      .where('person_id', '=', person)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (roles.length > 0 || state === 'suspended' || other !== undefined) {
      const detail = other === undefined ? 'only an active person without a role' : `it has ${other.id}`;
      throw new AppError('person.audit_access_refused', { detail });
    }
    const record = platform.newId('rec');
    const row = {
      ...{
        id: platform.newId('aud'),
        person_id: person,
        scope: JSON.stringify(scope),
        reason,
        until,
        record,
      },
      ...{ content: content ? (1 as const) : (0 as const), given_by: nameActor(actor), given_at: now },
      ended_at: null,
    };
    await tx.sql.insertInto('audit_accesses').values(row).execute();
    tx.record({
      ...{ id: record, kind: 'person.audit_access_given', at: now, causes: [], person },
      body: { access: row.id, by: row.given_by, content, reason, scope, until },
    });
    return readAccess(row);
  });
}
