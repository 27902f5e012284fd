import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** How many delegations in force are made from one, and stand below another. */
export async function countLive(
  sql: Kysely<Schema>,
  of: { readonly parent: string; readonly root: string },
  now: number,
): Promise<{ readonly children: number; readonly below: number }> {
  const rows = await sql
    .withRecursive('below(id, parent)', (root) =>
      root
        .selectFrom('delegations')
        .select(['delegations.id', 'delegations.parent_id as parent'])
        .where('delegations.parent_id', '=', of.root)
        .where('delegations.revoked_at', 'is', null)
        .where('delegations.expires_at', '>', now)
        .union((query) =>
          query
            .selectFrom('below')
            .innerJoin('delegations as child', 'child.parent_id', 'below.id')
            .select(['child.id', 'child.parent_id as parent'])
            .where('child.revoked_at', 'is', null)
            .where('child.expires_at', '>', now),
        ),
    )
    .selectFrom('below')
    .select((select) => [
      select.fn.countAll<number>().as('below'),
      select.fn.count<number>('below.id').filterWhere('below.parent', '=', of.parent).as('children'),
    ])
    .executeTakeFirstOrThrow();
  return { children: Number(rows.children), below: Number(rows.below) };
}
