import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Actor } from './actor.ts';

/** Ends the session that asks. */
export async function signOut(context: Pick<Context, 'platform' | 'store'>, actor: Actor): Promise<void> {
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  await context.store.transaction(async (tx) => {
    const now = context.platform.now();
    await tx.sql
      .updateTable('sessions')
      .set({ ended_at: now })
      .where('id', '=', actor.session)
      .where('ended_at', 'is', null)
      .execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.signed_out',
      at: now,
      causes: [],
      person: actor.person,
      body: { session: actor.session },
    });
  });
}
