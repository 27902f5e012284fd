import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export const agentStates = ['registered', 'active', 'suspended', 'orphaned', 'retired'] as const;
export type AgentState = (typeof agentStates)[number];

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerState: 'invited' | 'active' | 'suspended';
  readonly purpose: string;
  readonly environment: string;
  readonly state: AgentState;
  readonly createdAt: number;
}

export interface AgentKey {
  readonly thumbprint: string;
  readonly jwk: { readonly crv: 'P-256' | 'Ed25519' };
  readonly createdAt: number;
  readonly validUntil: number | null;
  readonly valid: boolean;
}

export interface AgentDetail extends Agent {
  readonly keys: readonly AgentKey[];
}

export interface AgentFilter {
  readonly name?: string;
  readonly state?: AgentState;
  readonly cursor?: string;
  readonly limit?: number;
}

export const agentsQuery = (filter: AgentFilter) =>
  queryOptions({
    queryKey: ['agents', filter],
    queryFn: ({ signal }) => getJson<Page<Agent>>('/v1/agents', { limit: 200, ...filter }, signal),
    placeholderData: keepPreviousData,
  });

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: ['agent', id],
    queryFn: ({ signal }) => getJson<AgentDetail>(`/v1/agents/${id}`, {}, signal),
  });
