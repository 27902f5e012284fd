import { loadCursors } from './cursor.ts';
import { type Feeding, feedSink } from './feed-sink.ts';
import { longestPauseMilliseconds } from './note-vain.ts';

const pauseMilliseconds = 500;
/** What another side may ask for at the most; a due time beyond it comes from a clock that went back. */
const longestWaitMilliseconds = 3_600_000 + longestPauseMilliseconds;

/**
 * Begins to feed every sink that is due and has something to get, without waiting for any: one that is down costs nothing
 * but its cursor. Returns when to look again.
 */
export async function feedSinks(context: Feeding): Promise<number> {
  const now = context.platform.now();
  for (const [name, fed] of context.sinks.fed) {
    if (fed.underWay !== null || context.sinks.stopping.aborted) continue;
    const cursors = await loadCursors(context, fed);
    if (
      cursors.some(
        ({ cursor: { next_at: nextAt } }) => nextAt > now && nextAt - now <= longestWaitMilliseconds,
      )
    )
      continue;
    fed.underWay = feedSink(context, fed)
      .catch((err: unknown) => context.log.error({ err, sink: name }, 'a sink could not be fed'))
      .finally(() => {
        fed.underWay = null;
      });
  }
  return context.platform.now() + pauseMilliseconds;
}
