/** What a term of a query may be about; a bare word is recognised by its shape. */
export const QUERY_FIELDS = [
  'id',
  'action',
  'agent',
  'person',
  'task',
  'approval',
  'delegation',
  'kind',
  'upstream',
  'tool',
  'effect',
  'decision',
  'outcome',
  'policy',
  'drill',
  'trace',
  'toolcall',
  'session',
  'hash',
  'arg',
  'from',
  'to',
  'on',
] as const;
export type QueryField = (typeof QUERY_FIELDS)[number] | 'word';

export interface QueryTerm {
  readonly field: QueryField;
  /** As it was written. */
  readonly value: string;
  readonly negated: boolean;
  /** Of an argument: JSON pointer (RFC 6901) of where it has to stand. */
  readonly at?: string;
}

/** A record matches when it matches all terms of one of the groups. */
export interface LedgerQuery {
  readonly groups: readonly (readonly QueryTerm[])[];
}

/** Where in the text the query stops making sense, and what would have made sense there. */
export interface QueryFlaw {
  /** In characters from the beginning, from 0. */
  readonly at: number;
  readonly expected: string;
}

export type ParsedQuery = { readonly query: LedgerQuery } | { readonly flaw: QueryFlaw };

/** What one query may cost is bounded before it is run. */
export const QUERY_BOUNDS = { characters: 2000, terms: 24, groups: 8 } as const;
