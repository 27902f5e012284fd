import { infiniteQueryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export const approvalFilters = ['mine', 'all', 'history'] as const;
export type ApprovalFilter = (typeof approvalFilters)[number];

export interface Approval {
  readonly id: string;
  /** A call that waits, one call asked for ahead, or authority to be delegated. */
  readonly kind: 'call' | 'once' | 'authority' | 'amendment';
  readonly actionId: string;
  readonly agentId: string;
  readonly upstream: string;
  readonly tool: string;
  readonly state: 'requested' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'released';
  readonly reason: string | null;
  readonly requirement: { readonly quorum: number; readonly approvers: readonly string[] };
  /** How many have approved so far. */
  readonly approvals: number;
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** Equal for requests that one signature may approve together. */
  readonly groupId: string | null;
  readonly decidedAt: number | null;
  readonly presented: {
    readonly sentence: readonly { readonly text: string; readonly strong: boolean }[];
    readonly agentName: string;
    readonly requesterName: string;
    readonly environment: string;
    readonly effects: readonly string[];
    readonly chips: readonly string[];
    readonly consequence: string;
    /** The agent's own words, of what it asked ahead. */
    readonly message: string | null;
  };
}

export const approvalsQuery = (filter: ApprovalFilter) =>
  infiniteQueryOptions({
    queryKey: ['approvals', filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Approval>>('/v1/approvals', { filter, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
