import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Task {
  readonly id: string;
  readonly delegationId: string;
  readonly purpose: string;
  readonly prompt: string | null;
  readonly limits: {
    readonly calls: number | null;
    readonly spendMinor: number | null;
    readonly currency: string | null;
  };
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly state: 'open' | 'ended' | 'expired';
  readonly paused: { readonly cause: string } | null;
  readonly used: { readonly calls: number; readonly spendMinor: number };
}

export const openTasksQuery = (agentId: string) =>
  queryOptions({
    queryKey: ['tasks', agentId],
    queryFn: ({ signal }) => getJson<Page<Task>>('/v1/tasks', { agentId, state: 'open', limit: 50 }, signal),
    refetchInterval: 10_000,
  });
