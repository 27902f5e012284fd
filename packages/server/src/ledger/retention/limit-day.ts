import type { RetentionClass } from '@countersign/api';
import type { Context } from '../../context.ts';
import { readMark, writeMark } from './progress.ts';

const dayMs = 86_400_000;
/** So many days' records at the most are retired in one, however old they are. */
const mostDays = 30;

/** The time before which a class is retired today: should ages or clock be wrong, there are days to notice. */
export async function limitDay(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  name: RetentionClass,
  before: number,
): Promise<number> {
  const today = Math.floor(platform.now() / dayMs);
  return store.transaction(async ({ sql }) => {
    const limit = await readMark(sql, `retention:${name}:limit`);
    const day = await readMark(sql, `retention:${name}:day`);
    if (limit !== undefined && day === today) return Math.min(before, limit);
    const oldest = await sql
      .selectFrom('ledger_entries')
      .select('at')
      .where('seq', '=', 0)
      .executeTakeFirst();
    const next = Math.min(before, limit ?? oldest?.at ?? before) + mostDays * dayMs;
    await writeMark(sql, `retention:${name}:limit`, next);
    await writeMark(sql, `retention:${name}:day`, today);
    return Math.min(before, next);
  });
}
