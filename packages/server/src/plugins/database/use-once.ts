import type { Platform } from '../../platform/platform.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Store } from './database.ts';

/** Clocks of gateways differ: what one of them takes no more another one may. */
const graceMilliseconds = 3_600_000;
const pauseMilliseconds = 60_000;

/**
 * True for whoever shows it first, at whichever gateway; durable by then. `expiresAt` (epoch milliseconds) is from when on nobody
 * would take it anyway. Throws `ledger.unavailable`.
 */
export async function useOnce(
  { sql }: Pick<Store, 'sql'>,
  value: string,
  expiresAt: number,
): Promise<boolean> {
  const first = await sql
    .insertInto('used_once')
    .values({ digest: sha256(value), expires_at: expiresAt + graceMilliseconds })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .returning('digest')
    .executeTakeFirst();
  return first !== undefined;
}

/** Forgets what nobody takes any more; returns when to look again, in epoch milliseconds. */
export async function forgetUsed(parts: {
  readonly store: Pick<Store, 'sql'>;
  readonly platform: Pick<Platform, 'now'>;
}): Promise<number> {
  const now = parts.platform.now();
  await parts.store.sql.deleteFrom('used_once').where('expires_at', '<', now).execute();
  return now + pauseMilliseconds;
}
