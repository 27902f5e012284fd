export interface FreshCacheOptions {
  now(): number;
  readonly freshMilliseconds: number;
  readonly mostEntries: number;
}

/** Remembers what a remote store answered for a short time, and asks once however many want to know. */
export interface FreshCache<T> {
  /** What is fresh, or what `load` gives; when that fails, nothing older is served. */
  get(key: string, load: () => Promise<T>): Promise<T>;
  /** Forgets it, and whatever a load that is under way will give. */
  drop(key: string): void;
  clear(): void;
}

interface Entry<T> {
  readonly value: T;
  readonly askedAt: number;
}

export function createFreshCache<T>(options: FreshCacheOptions): FreshCache<T> {
  const { now, freshMilliseconds, mostEntries } = options;
  const entries = new Map<string, Entry<T>>();
  const loading = new Map<string, Promise<T>>();
  const isFresh = ({ askedAt }: Entry<T>): boolean => {
    const age = now() - askedAt;
    // A clock that was set back must not make anything fresh again.
    return age >= 0 && age < freshMilliseconds;
  };
  const keep = (key: string, entry: Entry<T>): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
  };
  return {
    get(key, load) {
      const entry = entries.get(key);
      if (entry !== undefined && isFresh(entry)) return Promise.resolve(entry.value);
      const running = loading.get(key);
      if (running !== undefined) return running;
      // Counted from the question: the answer may have been old when it came.
      const askedAt = now();
      const loadOnce = async (): Promise<T> => {
        try {
          const value = await load();
          if (loading.get(key) === mine) keep(key, { value, askedAt });
          return value;
        } finally {
          if (loading.get(key) === mine) loading.delete(key);
        }
      };
      const mine: Promise<T> = Promise.resolve().then(loadOnce);
      loading.set(key, mine);
      return mine;
    },
    drop(key) {
      entries.delete(key);
      loading.delete(key);
    },
    clear() {
      entries.clear();
      loading.clear();
    },
  };
}
