import type { Context } from '../../context.ts';
import { isApprover } from '../routing/load-roster.ts';

export const weekMilliseconds = 7 * 24 * 3_600_000;
const chunk = 100;

export function readWeek(at: number): number {
  return Math.floor(at / weekMilliseconds);
}

/**
 * Draws when each approver is checked in this week, once: times that cannot be foreseen, and that a restart does not change.
 * What was drawn for the past of a week that is under way is left out, so that a start asks nobody at once.
 */
export async function planChecks(context: Pick<Context, 'platform' | 'store'>, most: number): Promise<void> {
  const { sql } = context.store;
  const now = context.platform.now();
  const week = readWeek(now);
  const planned = await sql
    .selectFrom('approval_check_plans')
    .select(['person_id', (row) => row.fn.countAll<number>().as('count')])
    .where('week', '=', week)
    .groupBy('person_id')
    .execute();
  const counts = new Map(planned.map((row) => [row.person_id, Number(row.count)]));
  const people = await sql.selectFrom('people').selectAll().where('state', '=', 'active').execute();
  const rows = people
    .filter((person) => isApprover(person))
    .flatMap(({ id }) => {
      const from = Math.min(most, counts.get(id) ?? 0);
      return Array.from({ length: most - from }, (_, at) => {
        const due_at = week * weekMilliseconds + drawMoment(context);
        return { person_id: id, week, position: from + at, due_at, settled_at: due_at <= now ? now : null };
      });
    });
  if (rows.length === 0) return;
  await context.store.transaction(async (tx) => {
    await tx.sql.deleteFrom('approval_check_plans').where('week', '<', week).execute();
    for (let from = 0; from < rows.length; from += chunk)
      await tx.sql
        .insertInto('approval_check_plans')
        .values(rows.slice(from, from + chunk))
        // Another process may have drawn meanwhile; its times hold.
        .onConflict((row) => row.doNothing())
        .execute();
  });
}

function drawMoment({ platform }: Pick<Context, 'platform'>): number {
  const [a = 0, b = 0, c = 0, d = 0] = platform.randomBytes(4);
  return Math.floor(((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32) * weekMilliseconds);
}
