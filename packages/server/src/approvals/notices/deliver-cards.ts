import type { Context } from '../../context.ts';
import { type CardRow, deliverCard } from './deliver-card.ts';
import { spreadNews } from './spread-news.ts';

const pauseMilliseconds = 250;
/** Of one channel: one that hangs holds up its own cards alone. */
const mostAtOnce = 4;

/**
 * Spreads what is new and begins whatever is due, channel by channel, without waiting for any of it. Returns when to look
 * again. All that it needs is durable: a crash between any two steps repeats a step and forgets none.
 */
export async function deliverCards(context: Context): Promise<number> {
  const hasMore = await spreadNews(context);
  for (const channel of context.notices.channels.values()) {
    const { underWay } = context.notices;
    const busy = [...underWay].filter(([, one]) => one.channel === channel.name).map(([id]) => id);
    if (busy.length >= mostAtOnce) continue;
    for (const row of await selectDue(context, channel.name, mostAtOnce, busy)) {
      if (busy.length >= mostAtOnce) break;
      busy.push(row.id);
      const done = deliverCard(context, channel, row)
        .catch((err: unknown) =>
          context.log.error({ err, channel: channel.name }, 'a card could not be delivered'),
        )
        .finally(() => underWay.delete(row.id));
      underWay.set(row.id, { channel: channel.name, done });
    }
  }
  return hasMore ? 0 : context.platform.now() + pauseMilliseconds;
}

async function selectDue(
  context: Context,
  channel: string,
  most: number,
  busy: readonly string[],
): Promise<readonly CardRow[]> {
  const due = context.store.sql
    .selectFrom('channel_cards')
    .selectAll()
    .where('channel', '=', channel)
    .where('next_at', '<=', context.platform.now());
  return (busy.length === 0 ? due : due.where('id', 'not in', busy)).orderBy('next_at').limit(most).execute();
}
