import { RecentMap } from '../platform/recent-map.ts';

/** A map that holds at most `capacity` entries and lets go of what was not asked for lately. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
  readonly size: number;
}

export function createBoundedCache<Value>(capacity: number): BoundedCache<Value> {
  let entries = new RecentMap<Value>(capacity);
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.add(key, value);
    },
    delete(key) {
      entries.delete(key);
    },
    clear() {
      entries = new RecentMap<Value>(capacity);
    },
    get size() {
      return entries.size;
    },
  };
}
