import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';

export interface ChannelStanding {
  readonly name: string;
  readonly kind: string;
  readonly reach: 'person' | 'place';
  /** Cards that are to be shown and are not yet. */
  readonly owed: number;
  /** Epoch milliseconds since when the oldest of them waits; null when none does. */
  readonly owedSince: number | null;
  /** Cards that were given up. */
  readonly failed: number;
  /** Why the last of them was, in this server's own words. */
  readonly lastFailure: string | null;
}

/** Every channel of this server and how it stands. */
export async function listChannels(
  context: Pick<Context, 'notices' | 'store'>,
  actor: Actor,
): Promise<readonly ChannelStanding[]> {
  requirePermission(actor, 'approvals.read');
  const { sql } = context.store;
  const owed = await sql
    .selectFrom('channel_cards')
    .select(['channel'])
    .select((all) => [all.fn.countAll<number>().as('count'), all.fn.min('owed_since').as('since')])
    .where('next_at', 'is not', null)
    .groupBy('channel')
    .execute();
  const failed = await sql
    .selectFrom('channel_cards')
    .select(['channel'])
    .select((all) => [all.fn.countAll<number>().as('count'), all.fn.max('failure').as('why')])
    .where('failure', 'is not', null)
    .groupBy('channel')
    .execute();
  return [...context.notices.channels.values()].map(({ name, kind, reach }) => {
    const waiting = owed.find((row) => row.channel === name);
    const lost = failed.find((row) => row.channel === name);
    return {
      ...{ name, kind, reach },
      ...{ owed: Number(waiting?.count ?? 0), owedSince: waiting?.since ?? null },
      ...{ failed: Number(lost?.count ?? 0), lastFailure: lost?.why ?? null },
    };
  });
}
