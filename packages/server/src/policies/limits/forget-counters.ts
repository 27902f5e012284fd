import { sql as text } from 'kysely';
import type { Context } from '../../context.ts';

const hourMilliseconds = 3_600_000;
/** A clock set back by less finds what it had counted. */
const keptMilliseconds = 7 * 24 * hourMilliseconds;

/**
 * Deletes counters whose last window, task or delegation ended a week ago. A job: returns when to run it again, in epoch
 * milliseconds.
 */
export async function forgetCounters({
  store: { sql },
  platform,
}: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const now = platform.now();
  const before = now - keptMilliseconds;
  await sql
    .deleteFrom('limit_counters')
    .where('window_seconds', '>', 0)
    .where(text<number>`starts_at + window_seconds * 1000`, '<', before)
    .execute();
  await sql
    .deleteFrom('limit_slices')
    .where('window_seconds', '>', 0)
    .where(text<number>`starts_at + window_seconds * 1000`, '<', before)
    .execute();
  await sql
    .deleteFrom('limit_counters')
    .where('per', '=', 'task')
    .where('subject', 'in', (tasks) => tasks.selectFrom('tasks').select('id').where('ended_at', '<', before))
    .execute();
  await sql
    .deleteFrom('limit_counters')
    .where('per', '=', 'delegation')
    .where('subject', 'in', (delegations) =>
      delegations.selectFrom('delegations').select('id').where('expires_at', '<', before),
    )
    .execute();
  return now + hourMilliseconds;
}
