import type { Kysely, QueryCreator, SelectQueryBuilder } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

type Below = Schema & { below: { id: string } };
type Roots = SelectQueryBuilder<Below, 'delegations', { id: string }>;

/**
 * Begins a query that has, as the table `below`, the ids of the delegations that `choose` picks and of all that was
 * passed on from them, directly or further down.
 */
export function withBelow(sql: Kysely<Schema>, choose: (roots: Roots) => Roots): QueryCreator<Below> {
  return sql.withRecursive('below(id)', (from) =>
    choose(from.selectFrom('delegations').select('delegations.id'))
      // `union` keeps each once, so that a cycle put into the table ends too.
      .union((query) =>
        query
          .selectFrom('below')
          .innerJoin('delegations as child', 'child.parent_id', 'below.id')
          .select('child.id'),
      ),
  );
}
