import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

/** A caller of the introspection endpoint that has no key of its own. */
export interface IntrospectionClientFacts {
  readonly name: string;
  readonly upstreams: readonly string[] | '*';
  readonly createdAt: number;
  readonly createdBy: string;
}

export const introspectionClientFields: readonly Column<IntrospectionClientFacts>[] = [
  ['NAME', ({ name }) => name],
  ['UPSTREAMS', ({ upstreams }) => (upstreams === '*' ? 'all' : upstreams.join(', '))],
  ['ADDED', ({ createdAt }) => formatTime(createdAt)],
  ['BY', ({ createdBy }) => createdBy],
];
