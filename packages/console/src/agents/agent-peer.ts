import { queryOptions } from '@tanstack/react-query';
import { getJson } from '../wire/request.ts';

export interface AgentCard {
  readonly url: string;
  readonly restUrl?: string;
  readonly description?: string;
  readonly skills: readonly { readonly id: string }[];
  readonly address: string;
  readonly publishedAt: number;
}

export interface AgentPeer {
  readonly upstream: string;
  readonly agentId: string | null;
  readonly direct: boolean;
  readonly begun: number;
  readonly waiting: number;
}

interface AgentPeers {
  readonly card: AgentCard | null;
  readonly calledAs: readonly string[];
  readonly peers: readonly AgentPeer[];
}

export const peersQuery = (id: string) =>
  queryOptions({
    queryKey: ['agent', id, 'peers'],
    queryFn: ({ signal }) => getJson<AgentPeers>(`/v1/agents/${id}/peers`, {}, signal),
  });
