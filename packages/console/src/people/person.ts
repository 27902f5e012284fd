import type { Role } from '@countersign/api';
import { queryOptions } from '@tanstack/react-query';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly roles: readonly Role[];
  readonly state: 'invited' | 'active' | 'suspended';
}

export interface SignedIn extends Person {
  /** Of an auditor from elsewhere: what they read by, and until when (epoch milliseconds). */
  readonly audit?: { readonly id: string; readonly until: number };
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getJson<SignedIn>('/v1/people/me', {}, signal),
  staleTime: 60_000,
});

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => getJson<Page<Person>>('/v1/people', { limit: 200 }, signal),
  staleTime: 60_000,
});
