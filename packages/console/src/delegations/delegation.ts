import type { Limits } from '@countersign/core';
import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Delegation {
  readonly id: string;
  readonly parentId: string | null;
  readonly fromPersonId: string | null;
  readonly fromAgentId: string | null;
  readonly agentId: string;
  readonly rootPersonId: string;
  /** The task it was made in, with which it ends. */
  readonly taskId: string | null;
  readonly purpose: string;
  readonly limits: Limits;
  /** The limits in plain sentences; the names in them were written by others. */
  readonly description: readonly string[];
  readonly isDefault: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: 'active' | 'expired' | 'revoked';
}

export const delegationsQuery = (agentId: string) =>
  queryOptions({
    queryKey: ['delegations', agentId],
    queryFn: ({ signal }) => getJson<Page<Delegation>>('/v1/delegations', { agentId, limit: 100 }, signal),
    staleTime: 15_000,
  });

/** One delegation with the chain above it, from the person's down to itself. */
export const delegationChainQuery = (delegationId: string) =>
  queryOptions({
    queryKey: ['delegations', 'chain', delegationId],
    queryFn: ({ signal }) =>
      getJson<{ readonly chain: readonly Delegation[] }>(`/v1/delegations/${delegationId}`, {}, signal),
    staleTime: 15_000,
  });
