import type { ErrorCode } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';

export interface UnauthenticatedCounter {
  count(code: ErrorCode, upstream: string): void;
  /** Writes what was counted; called on a timer and at shutdown. */
  flush(): Promise<void>;
}

const mostKinds = 256;

/** Refusals of callers we do not know, added up by code and upstream into at most one record each a flush. */
export function createUnauthenticatedCounter(platform: Platform, store: Store): UnauthenticatedCounter {
  let counts = new Map<string, number>();
  let since = platform.now();
  return {
    count(code, upstream) {
      const kind = `${code} ${upstream}`;
      // Upstream names come from the URL; past the bound they share one line.
      const key = counts.has(kind) || counts.size < mostKinds ? kind : `${code} (others)`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    async flush() {
      if (counts.size === 0) return;
      const taken = counts;
      const from = since;
      counts = new Map();
      since = platform.now();
      await store.append(
        [...taken].map(([key, count]) => {
          const [code = '', upstream = ''] = key.split(' ');
          return {
            id: platform.newId('rec'),
            kind: 'action.refused' as const,
            at: since,
            causes: [],
            body: { status: 'refused', code, upstream, count, from, authenticated: false },
          };
        }),
      );
    },
  };
}
