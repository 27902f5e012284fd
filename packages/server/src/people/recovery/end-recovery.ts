import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, nameActor } from '../actor.ts';
import { requirePermission } from '../require-permission.ts';
import type { RecoveryView } from './open-recovery.ts';
import { recoveryId } from './recovery-input.ts';

type Listing = Pick<Context, 'platform' | 'store'>;

const mostRecoveries = 200;

/** Recoveries that are open: all of them to administrators, to everybody else their own. */
export async function listRecoveries(
  context: Listing,
  actor: Actor,
): Promise<{ readonly items: readonly RecoveryView[] }> {
  const isOwn = actor.kind === 'person' && !actor.roles.includes('admin');
  if (!isOwn) requirePermission(actor, 'people.read');
  const rows = await context.store.sql
    .selectFrom('recoveries')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .$if(isOwn, (query) => query.where('person_id', '=', nameActor(actor)))
    .orderBy('opened_at')
    .limit(mostRecoveries)
    .execute();
  const items = rows.map((row) => ({
    ...{ id: row.id, personId: row.person_id, openedBy: row.opened_by, reason: row.reason },
    ...{ openedAt: row.opened_at, confirmedBy: row.confirmed_by, expiresAt: row.expires_at },
  }));
  return { items };
}

/**
 * Ends a recovery that nobody should use, and its link: any administrator, or the person whose account it is, from any
 * session that they still have. Throws `person.recovery_not_found`.
 */
export async function endRecovery(context: Listing, actor: Actor, input: string): Promise<void> {
  const id = recoveryId.parse(input);
  await context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('recoveries')
      .selectAll()
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    // Objecting narrows: it needs no fresh passkey, which the person may not have.
    const isOwn = actor.kind === 'person' && actor.person === row?.person_id;
    if (!isOwn) requirePermission(actor, 'people.change');
    if (row === undefined) throw new AppError('person.recovery_not_found');
    const at = context.platform.now();
    await tx.sql
      .updateTable('recoveries')
      .set({ ended_at: at, outcome: 'ended' })
      .where('id', '=', id)
      .execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'person.recovery_ended', at, causes: [row.record] },
      ...{ person: row.person_id, body: { recovery: id, by: nameActor(actor) } },
    });
  });
}
