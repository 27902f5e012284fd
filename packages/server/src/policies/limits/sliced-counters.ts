import { RecentMap } from '../../platform/recent-map.ts';
import { type CounterName, writeCounterName } from './counter-name.ts';
import { type LimitCounters, makeHeld } from './limit-counters.ts';
import { type LimitSharing, LimitSlices } from './limit-slices.ts';
import { SlicedCounter } from './sliced-counter.ts';

/** The same where other gateways count, too: what was counted is asked of the database with the first slice. */
export function createSlicedCounters(sharing: LimitSharing, capacity = 50_000): LimitCounters {
  const slices = new LimitSlices(sharing);
  const live = new RecentMap<SlicedCounter>(capacity, (_name, counter) => counter.holders === 0);
  const bySubject = new Map<string, SlicedCounter>();
  const make = (name: CounterName): SlicedCounter => {
    const counter = new SlicedCounter(name);
    bySubject.set(counter.subject, counter);
    for (const dropped of live.add(writeCounterName(name), counter)) {
      bySubject.delete(dropped.subject);
      void slices.give(dropped);
    }
    return counter;
  };
  return {
    slices,
    hold(names) {
      const counters = names.map((name) => {
        const counter = live.get(writeCounterName(name)) ?? make(name);
        counter.holders += 1;
        return counter;
      });
      return makeHeld(counters);
    },
    give(subject) {
      const counter = bySubject.get(subject);
      if (counter !== undefined) void slices.give(counter);
    },
    get size() {
      return live.size;
    },
  };
}
