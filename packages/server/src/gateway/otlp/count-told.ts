import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';

/** What became of pieces that have no record of their own. */
export type Uncounted = 'agent_unknown' | 'irrelevant' | 'repeated' | 'task_unknown' | 'told_too_much';

export interface ToldCounter {
  count(source: string, what: Uncounted, pieces: number): void;
  /** Writes what was counted, of each source at most once a minute; `all` of it at shutdown. */
  flush(all?: boolean): Promise<void>;
}

const mostSources = 10_000;
const minuteMilliseconds = 60_000;

interface Counts {
  readonly from: number;
  readonly pieces: Partial<Record<Uncounted, number>>;
}

/** Adds up what a source told in vain into one record a minute, so that a flood of it cannot flood the ledger. */
export function createToldCounter(
  platform: Pick<Platform, 'newId' | 'now'>,
  store: Pick<Store, 'append'>,
): ToldCounter {
  const counted = new Map<string, Counts>();
  return {
    count(source, what, pieces) {
      if (pieces === 0) return;
      const counts = counted.get(source) ?? { from: platform.now(), pieces: {} };
      counts.pieces[what] = (counts.pieces[what] ?? 0) + pieces;
      if (counted.has(source) || counted.size < mostSources) counted.set(source, counts);
    },
    async flush(all = false) {
      const now = platform.now();
      const due = [...counted].filter(([, { from }]) => all || Math.abs(now - from) >= minuteMilliseconds);
      if (due.length === 0) return;
      for (const [source] of due) counted.delete(source);
      await store.append(
        due.map(([source, { from, pieces }]) => ({
          id: platform.newId('rec'),
          kind: 'task.telemetry_counted' as const,
          at: now,
          causes: [],
          ...(source.startsWith('agt_') ? { agent: source } : {}),
          body: { from, pieces, source },
        })),
      );
    },
  };
}
