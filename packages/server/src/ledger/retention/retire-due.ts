import { retentionClasses } from '@countersign/api';
import type { Context } from '../../context.ts';
import { finishErasures } from '../erasure/finish-erasures.ts';
import { limitDay } from './limit-day.ts';
import { retireClass } from './retire-class.ts';
import { retireWaiting } from './waiting-copies.ts';
import { watchClock } from './watch-clock.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Calls are served in between. */
const pauseMs = 200;

/**
 * Finishes what was begun, then a step for each class that has an age, as long as there is more to do. Returns when to come
 * again.
 */
export async function retireDue(context: Pick<Context, 'store' | 'platform' | 'config'>): Promise<number> {
  await finishErasures(context);
  const { retention } = context.config.ledger;
  const now = context.platform.now();
  const dueAt = await watchClock(context);
  if (dueAt === undefined) return now + hourMs;
  let hasMore = await retireWaiting(context);
  for (const retentionClass of retentionClasses) {
    const age = retention[retentionClass];
    if (age === undefined) continue;
    const before = dueAt - Number(age.slice(0, -1)) * dayMs;
    if (await retireClass(context, retentionClass, await limitDay(context, retentionClass, before)))
      hasMore = true;
  }
  if (hasMore) await finishErasures(context);
  return now + (hasMore ? pauseMs : hourMs);
}
