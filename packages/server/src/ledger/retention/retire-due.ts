import { retentionClasses } from '@countersign/api';
import type { Context } from '../../context.ts';
import { retireClass } from './retire-class.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Calls are served in between. */
const pauseMs = 200;

/** A step for each class that has an age, as long as there is more to do. Returns when to come again. */
export async function retireDue(context: Pick<Context, 'store' | 'platform' | 'config'>): Promise<number> {
  const { retention } = context.config.ledger;
  const now = context.platform.now();
  let hasMore = false;
  for (const retentionClass of retentionClasses) {
    const age = retention[retentionClass];
    if (age === undefined) continue;
    const days = Number(age.slice(0, -1));
    if (await retireClass(context, retentionClass, now - days * dayMs)) hasMore = true;
  }
  return now + (hasMore ? pauseMs : hourMs);
}
