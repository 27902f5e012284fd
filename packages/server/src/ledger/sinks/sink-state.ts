import type { SinkConfig } from '../../config/sinks.ts';
import type { LedgerSink } from '../../plugins/ledger-sink/ledger-sink.ts';

/** A sink and what of the ledger it gets. */
export interface FedSink {
  readonly sink: LedgerSink;
  readonly settings: Pick<SinkConfig, 'content' | 'records' | 'start'>;
  /** The next batch may be there already, as a whole or in part. */
  mayRepeat: boolean;
  /** Most records of the next batch: fewer while one that is refused is looked for. */
  most: number;
  /** Since when a batch that is not full waits for more; null when none does. */
  waitsSince: number | null;
  underWay: Promise<void> | null;
}

/** The sinks of this server. Where each has come to is in the store alone. */
export interface SinkState {
  /** By name, as the configuration lists them. */
  readonly fed: ReadonlyMap<string, FedSink>;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
  /** Breaks off deliveries under way, which are made again after the next start. */
  close(): Promise<void>;
}

export function createSinkState(
  sinks: readonly { readonly sink: LedgerSink; readonly settings: FedSink['settings'] }[],
): SinkState {
  const stop = new AbortController();
  const fed = new Map(
    sinks.map(({ sink, settings }): [string, FedSink] => [
      sink.name,
      {
        ...{ sink, settings, most: sink.batches.records },
        // A process before this one may have been killed between a delivery and its note.
        ...{ mayRepeat: true, waitsSince: null, underWay: null },
      },
    ]),
  );
  return {
    fed,
    stopping: stop.signal,
    async close() {
      stop.abort();
      await Promise.all([...fed.values()].map(({ underWay }) => underWay));
      for (const { sink } of fed.values()) await sink.close();
    },
  };
}
