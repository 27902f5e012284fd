import { RecentMap } from '../../platform/recent-map.ts';
import type { Store } from '../../plugins/database/database.ts';
import { type CounterName, writeCounterName } from './counter-name.ts';
import type { LimitSlices } from './limit-slices.ts';
import { LiveCounter } from './live-counter.ts';

export interface HeldCounters {
  /** In the order of the names. */
  readonly counters: readonly LiveCounter[];
  /** Once what was taken is durable, or given back. */
  release(): void;
}

/** The counters of limits, in this gateway's memory: one gateway counts for a database at a time. */
export interface LimitCounters {
  /**
   * The counters, each the only one of its name for as long as anybody holds it. Reads the store for those that are not
   * in memory, and waits for nothing when all are. Rejects with `ledger.unavailable`.
   */
  hold(names: readonly CounterName[]): HeldCounters | Promise<HeldCounters>;
  /** With other gateways: those that make room here, and say what all have counted. */
  readonly slices: LimitSlices | undefined;
  /** Another gateway needs some of what this one may count by itself. */
  give(subject: string): void;
  /** Counters in memory. */
  readonly size: number;
}

interface Load {
  readonly counter: Promise<LiveCounter>;
  /** Each of them holds the counter from the moment it is read, so that none can be dropped and read anew in between. */
  waiters: number;
}

const namesInStatement = 100;

/** `capacity` counters stay in memory; more only while they are held. */
export function createLimitCounters(store: Pick<Store, 'sql'>, capacity = 50_000): LimitCounters {
  const live = new RecentMap<LiveCounter>(capacity, (_name, counter) => counter.holders === 0);
  const loads = new Map<string, Load>();

  const load = (names: readonly CounterName[]): void => {
    const rows = readCounters(store, names);
    for (const name of names) {
      const key = writeCounterName(name);
      const counter = rows.then(
        (found) => {
          const made = new LiveCounter(name, found.get(key) ?? { startsAt: 0, used: 0 });
          made.holders = loads.get(key)?.waiters ?? 0;
          // In the same turn, so that nobody waits for what is no longer on its way.
          loads.delete(key);
          live.add(key, made);
          return made;
        },
        (error: unknown) => {
          loads.delete(key);
          throw error;
        },
      );
      loads.set(key, { counter, waiters: 0 });
    }
  };

  return {
    slices: undefined,
    give: () => {},
    hold(names) {
      const missing = names.filter((name) => {
        const key = writeCounterName(name);
        return live.get(key) === undefined && !loads.has(key);
      });
      for (let from = 0; from < missing.length; from += namesInStatement)
        load(missing.slice(from, from + namesInStatement));
      let isReady = true;
      const found = names.map((name) => {
        const key = writeCounterName(name);
        const loading = loads.get(key);
        if (loading !== undefined) {
          isReady = false;
          loading.waiters += 1;
          return loading.counter;
        }
        const counter = live.get(key);
        if (counter === undefined) throw new Error('a counter is in memory or on its way');
        counter.holders += 1;
        return counter;
      });
      if (isReady) return makeHeld(found as LiveCounter[]);
      return Promise.allSettled(found).then((settled) => {
        const ready = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        const failed = settled.find((one) => one.status === 'rejected');
        if (failed === undefined) return makeHeld(ready);
        release(ready);
        throw failed.reason;
      });
    },
    get size() {
      return live.size;
    },
  };
}

function release(counters: readonly LiveCounter[]): void {
  for (const counter of counters) counter.holders -= 1;
}

/** Counters that were held, and are until they are released. */
export function makeHeld(counters: readonly LiveCounter[]): HeldCounters {
  let isReleased = false;
  return {
    counters,
    release: () => {
      if (!isReleased) release(counters);
      isReleased = true;
    },
  };
}

async function readCounters(
  store: Pick<Store, 'sql'>,
  names: readonly CounterName[],
): Promise<ReadonlyMap<string, { readonly startsAt: number; readonly used: number }>> {
  const rows = await store.sql
    .selectFrom('limit_counters')
    .selectAll()
    .where((where) =>
      where.or(
        names.map((name) =>
          where.and({
            policy_id: name.policyId,
            per: name.per,
            subject: name.subject,
            unit: name.unit,
            window_seconds: name.windowSeconds,
          }),
        ),
      ),
    )
    .execute();
  return new Map(
    rows.map((row) => {
      const { policy_id: policyId, window_seconds: windowSeconds, subject, unit } = row;
      const name = { policyId, per: row.per as CounterName['per'], subject, unit, windowSeconds };
      return [writeCounterName(name), { startsAt: row.starts_at, used: row.used }];
    }),
  );
}
