import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export const stopScopes = ['agent', 'owner', 'task', 'delegation', 'tool', 'upstream', 'everything'] as const;
export type StopScope = (typeof stopScopes)[number];

export interface Stop {
  readonly id: string;
  readonly scope: StopScope;
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly liftedAt: number | null;
}

export type StopState = 'inForce' | 'all';

export const stopsQuery = (state: StopState) =>
  queryOptions({
    queryKey: ['stops', state],
    queryFn: ({ signal }) => getJson<Page<Stop>>('/v1/signals', { state, limit: 100 }, signal),
    refetchInterval: 15_000,
  });
