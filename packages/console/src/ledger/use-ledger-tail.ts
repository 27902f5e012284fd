import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { meQuery } from '../people/person.ts';
import { useMe } from '../people/use-me.ts';
import { useEvents } from '../wire/use-events.ts';
import { mergeRecords } from './merge-records.ts';
import { type LedgerRecord, searchRecords } from './record.ts';

const mostKept = 400;
const firstRead = 200;
const gatherMilliseconds = 150;
const tailKey = ['ledger-tail'] as const;

export interface LedgerTail {
  readonly records: readonly LedgerRecord[];
  readonly isLoaded: boolean;
  readonly isLive: boolean;
  readonly error: Error | null;
}

/** The newest records, and each further one as it becomes durable. */
export function useLedgerTail(isFollowing = true): LedgerTail {
  const client = useQueryClient();
  const { may } = useMe();
  const isAllowed = may('ledger.read');
  const waiting = useRef<LedgerRecord[]>([]);
  const timer = useRef<number | undefined>(undefined);
  const known = () => client.getQueryData<readonly LedgerRecord[]>(tailKey) ?? [];
  const query = useQuery({
    queryKey: tailKey,
    queryFn: async ({ signal }) => {
      const { items } = await searchRecords({ limit: firstRead }, signal);
      return mergeRecords(known(), items, mostKept);
    },
    enabled: isAllowed,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const flush = () => {
    timer.current = undefined;
    const news = waiting.current;
    waiting.current = [];
    client.setQueryData(tailKey, mergeRecords(known(), news, mostKept));
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const isLive = useEvents('/v1/ledger/stream', 'record', isAllowed && isFollowing, {
    // The stream begins at the newest record, so what came before it is read once it has begun.
    onOpen: () => void query.refetch(),
    onRefused: () => void client.invalidateQueries(meQuery),
    onEvent: (data) => {
      waiting.current.push(JSON.parse(data));
      if (waiting.current.length > mostKept) waiting.current.shift();
      timer.current ??= window.setTimeout(flush, gatherMilliseconds);
    },
  });
  return { records: query.data ?? [], isLoaded: query.isFetched, isLive, error: query.error };
}
