import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Bundle {
  readonly version: string;
  readonly digest: string;
  readonly isActive: boolean;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly activatedBy: string | null;
  readonly author: string | null;
  readonly quarantinedAt: number | null;
}

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface Rule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly stepUp: string | null;
  readonly description: string | null;
}

export interface WholeBundle extends Bundle {
  readonly files: readonly PolicyFile[];
  readonly policies: readonly Rule[];
  readonly isKeptInFolder: boolean;
  readonly misfits: Readonly<Record<string, readonly string[]>>;
}

export interface Complaint {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What an access review had taken away and a bundle gives back. */
export interface Dropped {
  readonly policyId: string;
}

export interface Validation {
  readonly valid: boolean;
  readonly policies: readonly string[];
  readonly complaints: readonly Complaint[];
  readonly dropped: readonly Dropped[];
}

export interface BundleDifference {
  readonly from: string;
  readonly to: string;
  readonly isSame: boolean;
  readonly added: readonly { readonly id: string; readonly text: string }[];
  readonly removed: readonly { readonly id: string; readonly text: string }[];
  readonly changed: readonly { readonly id: string; readonly before: string; readonly after: string }[];
  readonly unchanged: number;
}

export const bundlesQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['bundles', cursor],
    queryFn: ({ signal }) => getJson<Page<Bundle>>('/v1/policies', { limit: 50, cursor }, signal),
    placeholderData: keepPreviousData,
  });

/** One bundle with its files; `active` is the one in force. */
export const bundleQuery = (version: string) =>
  queryOptions({
    queryKey: ['bundle', version],
    queryFn: ({ signal }) => getJson<WholeBundle>(`/v1/policies/${encodeURIComponent(version)}`, {}, signal),
  });

export const differenceQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['bundle-difference', from, to],
    queryFn: ({ signal }) => getJson<BundleDifference>('/v1/policies/diff', { from, to }, signal),
  });
