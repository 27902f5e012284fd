import type { Context } from '../../context.ts';
import { readMark, writeMark } from './progress.ts';

const dayMs = 86_400_000;
/** Two looks at the clock that are so far apart have to agree on what is old. */
const apartMs = 6 * 3_600_000;
/** So long a clock that has jumped must run on by itself before it is believed: the time to notice. */
const doubtedMs = 3 * dayMs;

/**
 * The time by which retention counts: at an earlier look, hours ago, it was that late already. Undefined as long as nothing
 * may be retired. A clock that was set forward would make everything old at once, so one that runs more than a day past the
 * last look is not believed for three days.
 */
export async function watchClock({
  store,
  platform,
}: Pick<Context, 'store' | 'platform'>): Promise<number | undefined> {
  const now = platform.now();
  return store.transaction(async ({ sql }) => {
    const looked = await readMark(sql, 'retention:looked');
    const jumped = await readMark(sql, 'retention:jumped');
    await writeMark(sql, 'retention:looked', now);
    if (looked !== undefined && now > looked + dayMs) {
      await writeMark(sql, 'retention:jumped', now);
      await writeMark(sql, 'retention:earlier', undefined);
      return undefined;
    }
    // Set back to where it was, or run on for long enough.
    const isOver = jumped !== undefined && (now < jumped || now >= jumped + doubtedMs);
    if (jumped !== undefined && !isOver) return undefined;
    if (isOver) await writeMark(sql, 'retention:jumped', undefined);
    const earlier = await readMark(sql, 'retention:earlier');
    if (earlier === undefined || now < earlier || now >= earlier + apartMs) {
      await writeMark(sql, 'retention:ripe', earlier);
      await writeMark(sql, 'retention:earlier', now);
    }
    const ripe = await readMark(sql, 'retention:ripe');
    return ripe === undefined || ripe > now ? undefined : ripe;
  });
}
