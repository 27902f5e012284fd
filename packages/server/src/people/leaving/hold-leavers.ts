import type { Context } from '../../context.ts';
import { finishLeavings } from './finish-leavings.ts';
import type { Leaving } from './leave-person.ts';

const checkMilliseconds = 5_000;

/** Before the first call is let in: holds the agents of everybody whose leaving a crash has interrupted. */
export async function holdLeavers({ store, stops }: Pick<Context, 'store' | 'stops'>): Promise<void> {
  for (const personId of await listUnfinished(store)) stops.apply('owner', personId);
}

/** Finishes what was interrupted, and returns when to look again, in epoch milliseconds. */
export async function finishInterrupted(context: Leaving): Promise<number> {
  for (const personId of await listUnfinished(context.store)) await finishLeavings(context, personId);
  return context.platform.now() + checkMilliseconds;
}

/** Whose leaving is not finished. */
export async function listUnfinished({ sql }: Context['store']): Promise<readonly string[]> {
  const rows = await sql
    .selectFrom('leavings')
    .select('person_id')
    .distinct()
    .where('finished_at', 'is', null)
    .execute();
  return rows.map((row) => row.person_id);
}
