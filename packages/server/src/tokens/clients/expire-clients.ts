import type { Context } from '../../context.ts';
import { endClient } from './remove-client.ts';

const hourMilliseconds = 3_600_000;
const neverUsedMilliseconds = 24 * hourMilliseconds;
const unusedMilliseconds = 30 * 24 * hourMilliseconds;

/** Forgets what registered itself and is not used. A job: returns when to run it again, in epoch milliseconds. */
export async function expireClients(
  context: Pick<Context, 'platform' | 'store' | 'stops' | 'tasks'>,
): Promise<number> {
  const now = context.platform.now();
  const rows = await context.store.sql
    .selectFrom('clients')
    .select('id')
    .where('kind', '=', 'dynamic')
    .where((where) =>
      where.or([
        where.and([where('used_at', 'is', null), where('created_at', '<', now - neverUsedMilliseconds)]),
        where('used_at', '<', now - unusedMilliseconds),
      ]),
    )
    .limit(100)
    .execute();
  for (const { id } of rows) await endClient(context, id, 'system:expiry');
  return now + hourMilliseconds;
}
