import type { Context } from '../../context.ts';
import { planChecks, readWeek } from './plan-checks.ts';
import { sendCheck } from './send-check.ts';

type Sending = Pick<Context, 'approvals' | 'config' | 'log' | 'platform' | 'store'>;

const pauseMilliseconds = 60_000;
const mostAtOnce = 100;
/** What cannot be sent is tried again so much later, or up to three times that; not beyond its week. */
const shortestDelayMilliseconds = 15 * 60_000;

/**
 * Where the organisation checks whether people still read: draws when, and sends what is due. Returns when to look again, in
 * epoch milliseconds. Never more than `approvals.seededChecks` a person and week, however many processes run it.
 */
export async function sendDueChecks(context: Sending): Promise<number> {
  const most = context.config.approvals.seededChecks;
  const now = context.platform.now();
  if (most === 0) return now + pauseMilliseconds;
  await planChecks(context, most);
  const due = await context.store.sql
    .selectFrom('approval_check_plans')
    .selectAll()
    .where('week', '=', readWeek(now))
    .where('due_at', '<=', now)
    .where('settled_at', 'is', null)
    .where('position', '<', most)
    .orderBy('due_at')
    .limit(mostAtOnce)
    .execute();
  for (const plan of due) {
    await context.store
      .transaction(async (tx) => {
        const delay = drawDelay(context);
        const taken = await tx.sql
          .updateTable('approval_check_plans')
          .set({ due_at: now + delay })
          .where('person_id', '=', plan.person_id)
          .where('week', '=', plan.week)
          .where('position', '=', plan.position)
          .where('due_at', '=', plan.due_at)
          .where('settled_at', 'is', null)
          .executeTakeFirst();
        if (taken.numUpdatedRows !== 1n || !(await sendCheck(context, tx, plan.person_id))) return;
        await tx.sql
          .updateTable('approval_check_plans')
          .set({ settled_at: now })
          .where('person_id', '=', plan.person_id)
          .where('week', '=', plan.week)
          .where('position', '=', plan.position)
          .execute();
      })
      .catch((err: unknown) => context.log.error({ err }, 'a check could not be sent'));
  }
  return context.platform.now() + pauseMilliseconds;
}

function drawDelay({ platform }: Pick<Context, 'platform'>): number {
  const [byte = 0] = platform.randomBytes(1);
  return Math.floor(shortestDelayMilliseconds * (1 + byte / 128));
}
