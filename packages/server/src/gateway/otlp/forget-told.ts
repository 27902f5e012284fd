import type { Context } from '../../context.ts';

const hourMilliseconds = 3_600_000;
const keptMilliseconds = 7 * 24 * hourMilliseconds;

/** Forgets which pieces came long ago: one that comes again after that is recorded again. A job: returns its next time. */
export async function forgetTold({ platform, store }: Pick<Context, 'platform' | 'store'>): Promise<number> {
  const now = platform.now();
  await store.sql
    .deleteFrom('told_pieces')
    .where('at', '<', now - keptMilliseconds)
    .execute();
  return now + hourMilliseconds;
}
