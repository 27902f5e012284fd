import type { CausalGraph } from '@countersign/core';
import { queryOptions } from '@tanstack/react-query';
import type { Walk } from '../search.ts';
import { getJson } from '../wire/request.ts';
import type { LedgerRecord } from './record.ts';

/** What led to a record, an action or an approval, or what followed from it, as the server walks it. */
export const walkQuery = (id: string, walk: Walk) =>
  queryOptions({
    queryKey: ['walk', walk, id],
    queryFn: ({ signal }) =>
      getJson<CausalGraph<LedgerRecord>>(`/v1/ledger/records/${encodeURIComponent(id)}/${walk}`, {}, signal),
    staleTime: 10_000,
  });
