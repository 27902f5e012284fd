import type { RecordKind } from '@countersign/api';
import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonMembers = { readonly [key: string]: Json };

/** A ledger record with its place in the log. All but the first five fields are absent once it is erased. */
export interface LedgerRecord {
  readonly seq: number;
  readonly id: string;
  readonly kind: RecordKind;
  readonly at: number;
  readonly causes: readonly string[];
  readonly erased: boolean;
  /** What is stored of it is not what was recorded. */
  readonly damaged?: true;
  readonly action?: string;
  readonly agent?: string;
  readonly agents?: readonly string[];
  readonly key?: string;
  readonly task?: string;
  readonly person?: string;
  readonly chain?: readonly string[];
  readonly approval?: string;
  readonly policyVersion?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly body?: JsonMembers;
  readonly notCanonical?: string;
}

export interface ProvenRecord {
  readonly record: LedgerRecord;
  /** The leaf: canonical JSON. */
  readonly entry: string;
  readonly opening: { readonly payload: string; readonly salt: string } | null;
  readonly proof: { readonly checkpoint: string; readonly size: number; readonly path: readonly string[] };
}

export const recordQuery = (id: string) =>
  queryOptions({
    queryKey: ['record', id],
    queryFn: ({ signal }) => getJson<ProvenRecord>(`/v1/ledger/records/${id}`, {}, signal),
    staleTime: 60_000,
  });

export interface RecordSearch {
  readonly id?: string;
  readonly action?: string;
  readonly agent?: string;
  readonly kind?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly from?: number;
  readonly limit?: number;
}

export function searchRecords(search: RecordSearch, signal?: AbortSignal): Promise<Page<LedgerRecord>> {
  return getJson<Page<LedgerRecord>>('/v1/ledger', { ...search }, signal);
}

export const recordsQuery = (search: RecordSearch) =>
  queryOptions({
    queryKey: ['records', search],
    queryFn: ({ signal }) => searchRecords(search, signal),
    staleTime: 10_000,
  });
