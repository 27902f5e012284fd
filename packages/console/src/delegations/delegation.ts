import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Delegation {
  readonly id: string;
  readonly parentId: string | null;
  readonly fromPersonId: string | null;
  readonly fromAgentId: string | null;
  readonly rootPersonId: string;
  readonly purpose: string;
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
