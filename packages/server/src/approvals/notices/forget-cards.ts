import type { Context } from '../../context.ts';

const keptMilliseconds = 30 * 24 * 3_600_000;
const pauseMilliseconds = 3_600_000;

/** Forgets what was shown a month ago; the approval and the ledger keep what was decided. Returns when to look again. */
export async function forgetCards({ store, platform }: Pick<Context, 'platform' | 'store'>): Promise<number> {
  const before = platform.now() - keptMilliseconds;
  await store.sql
    .deleteFrom('channel_cards')
    .where('created_at', '<', before)
    .where('next_at', 'is', null)
    .execute();
  await store.sql.deleteFrom('inbox_cards').where('changed_at', '<', before).execute();
  return platform.now() + pauseMilliseconds;
}
