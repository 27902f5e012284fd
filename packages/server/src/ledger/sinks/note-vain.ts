import type { SinkOutcome } from '../../plugins/ledger-sink/ledger-sink.ts';
import type { SinkCursor } from './cursor.ts';
import type { Feeding } from './feed-sink.ts';

const firstPauseMilliseconds = 1_000;
export const longestPauseMilliseconds = 300_000;

/**
 * Notes an attempt in vain. The next comes ever later, with a quarter of chance on either side so that many do not come
 * back at once, and never sooner than the other side asked for. Always false: nothing goes on before that.
 */
export async function noteVain(
  { log, platform, store }: Pick<Feeding, 'log' | 'platform' | 'store'>,
  cursor: SinkCursor,
  outcome: Exclude<SinkOutcome, { outcome: 'delivered' }>,
  { refusals = cursor.refusals }: { readonly refusals?: number } = {},
): Promise<false> {
  const now = platform.now();
  const [byte = 0] = platform.randomBytes(1);
  const doubled = firstPauseMilliseconds * 2 ** Math.min(cursor.attempts, 20);
  const pause = Math.round(Math.min(doubled, longestPauseMilliseconds) * (0.75 + byte / 510));
  const wanted = outcome.outcome === 'failed' ? (outcome.retryAfterMilliseconds ?? 0) : 0;
  log.warn({ sink: cursor.name, attempts: cursor.attempts + 1, why: outcome.why }, 'a sink took nothing');
  await store.sql
    .updateTable('ledger_sinks')
    .set({
      attempts: cursor.attempts + 1,
      refusals,
      next_at: now + Math.max(pause, wanted),
      failing_since: cursor.failing_since ?? now,
      last_error: outcome.why,
    })
    .where('name', '=', cursor.name)
    .where('next_seq', '=', cursor.next_seq)
    .execute();
  return false;
}
