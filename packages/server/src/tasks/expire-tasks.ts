import type { Context } from '../context.ts';

const longestWaitMilliseconds = 1000;
const mostRounds = 20;

/**
 * Ends and records every task whose time is over, and cuts its calls in flight. A job: returns when to run it again, in
 * epoch milliseconds, at most a second from now, because a task opened meanwhile may end sooner than those known.
 */
export async function expireTasks(context: Pick<Context, 'platform' | 'store' | 'tasks'>): Promise<number> {
  for (let round = 0; round < mostRounds; round += 1) {
    const now = context.platform.now();
    const next = await readNextExpiry(context);
    if (next === undefined || next > now) return Math.min(next ?? Infinity, now + longestWaitMilliseconds);
    await context.store.transaction((tx) =>
      context.tasks.close(tx, {
        under: { dueAt: now },
        reason: 'completed',
        by: 'system:expiry',
        causes: [],
      }),
    );
  }
  // Others want the store too; what is left waits only for its records: the path refuses expired tasks by itself.
  return context.platform.now();
}

async function readNextExpiry(context: Pick<Context, 'store'>): Promise<number | undefined> {
  const row = await context.store.sql
    .selectFrom('tasks')
    .select('expires_at')
    .where('ended_at', 'is', null)
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at;
}
