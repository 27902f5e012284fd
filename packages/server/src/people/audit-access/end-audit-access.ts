import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Actor, nameActor } from '../actor.ts';
import { requirePermission } from '../require-permission.ts';

export const auditAccessId = z.string().regex(/^aud_[0-9A-Z]{26}$/);

const pauseMs = 15_000;
type Ending = Pick<Context, 'platform' | 'store'>;

/** Ends an access at once, what is being streamed too. Throws `person.audit_access_not_found`. */
export async function endAuditAccess(context: Ending, actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'people.change');
  const access = auditAccessId.parse(id);
  const ended = await context.store.transaction((tx) =>
    endAccesses(context, tx, { access }, { by: nameActor(actor), reason: 'ended' }),
  );
  if (ended === 0) throw new AppError('person.audit_access_not_found');
}

/**
 * Ends for good what has run out, so that no clock that goes back gives it again. Returns when to come again.
 */
export async function expireAuditAccess(context: Ending): Promise<number> {
  const now = context.platform.now();
  const due = await context.store.sql
    .selectFrom('audit_accesses')
    .select('id')
    .where('ended_at', 'is', null)
    .where('until', '<=', now)
    .execute();
  if (due.length > 0)
    await context.store.transaction((tx) =>
      endAccesses(context, tx, { until: now }, { by: 'system:expiry', reason: 'expired' }),
    );
  return now + pauseMs;
}

/** Within a transaction: those of a person, too, who leaves, is suspended or is given a role. Returns how many. */
export async function endAccesses(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  which: { readonly access: string } | { readonly person: string } | { readonly until: number },
  why: { readonly by: string; readonly reason: 'ended' | 'expired' | 'person' },
): Promise<number> {
  const open = tx.sql
    .selectFrom('audit_accesses')
    .select(['id', 'person_id', 'record'])
    .where('ended_at', 'is', null);
  const named =
    'access' in which
      ? open.where('id', '=', which.access)
      : 'person' in which
        ? open.where('person_id', '=', which.person)
        : open.where('until', '<=', which.until);
  const rows = await named.execute();
  const now = platform.now();
  for (const { id, person_id: person, record } of rows) {
    await tx.sql.updateTable('audit_accesses').set({ ended_at: now }).where('id', '=', id).execute();
    tx.record({
      ...{ id: platform.newId('rec'), kind: 'person.audit_access_ended', at: now, causes: [record], person },
      body: { access: id, ...why },
    });
  }
  return rows.length;
}
