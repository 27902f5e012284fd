import type { ErrorCode, LedgerRecord } from '@countersign/api';
import type { Logger } from 'pino';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';

/** A token that was not given. */
export interface TokenRefusal {
  readonly reason: ErrorCode;
  /** What was wrong behind it, where the client is not told. */
  readonly because?: ErrorCode;
  /** A known agent; whether it was really that agent is what `authenticated` says. */
  readonly agent?: string;
  /** A known interactive client; anyone may say that it is one without keys. */
  readonly client?: string;
  /** Thumbprint of the registered key that authenticated. */
  readonly registeredKey?: string;
  readonly authenticated: boolean;
}

export interface Refusals {
  /** Resolves once recorded or counted; never rejects, since the refusal stands either way. */
  record(refusal: TokenRefusal): Promise<void>;
  /** Writes what was only counted so far. */
  flush(): Promise<void>;
}

const quietMilliseconds = 1000;
const maxCounters = 10_000;

interface Counter {
  readonly refusal: TokenRefusal;
  readonly since: number;
  counted: number;
}

/**
 * Records `token.refused`: each one of an authenticated client; of others the first in a second for each reason and named
 * agent, and how many followed, so that noise cannot flood the ledger.
 */
export function createRefusals(options: {
  platform: Pick<Platform, 'now' | 'newId'>;
  store: Pick<Store, 'append'>;
  log: Pick<Logger, 'warn'>;
}): Refusals {
  const { platform, store, log } = options;
  const counters = new Map<string, Counter>();
  let timer: NodeJS.Timeout | undefined;

  return {
    async record(refusal) {
      if (refusal.authenticated) return append([toRecord(refusal, 1)]);
      const now = platform.now();
      // Agents and clients are only named when known, so the counters are as many as there are agents; beyond the bound they share one.
      const name = counters.size < maxCounters ? (refusal.agent ?? refusal.client ?? '') : '';
      const key = `${refusal.reason} ${name}`;
      const counter = counters.get(key);
      if (counter && now - counter.since < quietMilliseconds) {
        counter.counted++;
        schedule();
        return;
      }
      counters.set(key, { refusal, since: now, counted: 0 });
      schedule();
      const missed = counter && counter.counted > 0 ? [toRecord(counter.refusal, counter.counted)] : [];
      await append([...missed, toRecord(refusal, 1)]);
    },
    flush,
  };

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const counted = [...counters.values()].filter((counter) => counter.counted > 0);
    counters.clear();
    if (counted.length > 0)
      await append(counted.map(({ refusal, counted: count }) => toRecord(refusal, count)));
  }

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), quietMilliseconds).unref();
  }

  function toRecord(refusal: TokenRefusal, count: number): LedgerRecord {
    const { reason, because, agent, client, registeredKey, authenticated } = refusal;
    return {
      id: platform.newId('rec'),
      kind: 'token.refused',
      at: platform.now(),
      causes: [],
      ...(agent === undefined ? {} : { agent }),
      ...(registeredKey === undefined ? {} : { key: registeredKey }),
      body: {
        reason,
        ...(because === undefined ? {} : { because }),
        authenticated,
        count,
        ...(client === undefined ? {} : { client }),
      },
    };
  }

  async function append(records: readonly LedgerRecord[]): Promise<void> {
    try {
      await store.append(records);
    } catch (error) {
      log.warn({ err: error, lost: records.length }, 'token refusals could not be recorded');
    }
  }
}
