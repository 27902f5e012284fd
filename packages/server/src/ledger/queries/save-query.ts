import { AppError } from '@countersign/api';
import { printQuery } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { readQuery } from '../search/resolve-query.ts';
import { ownerOf, queryName, type SavedQuery } from './saved-query.ts';

/** One person's. */
const mostSaved = 200;

export const saveQueryInput = z.strictObject({
  name: queryName,
  query: z.string().max(10_000),
  shared: z.boolean().default(false),
});

/**
 * Gives a search a name, or the name another search. It is kept in the one spelling of what it asks for. Throws
 * `ledger.query_invalid`, `ledger.query_name_taken` when somebody else shares one of this name.
 */
export async function saveQuery(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof saveQueryInput>,
): Promise<SavedQuery> {
  requirePermission(actor, 'ledger.read');
  const { name, shared, ...given } = saveQueryInput.parse(input);
  const query = printQuery(readQuery(given.query));
  const owner = ownerOf(actor);
  const changedAt = platform.now();
  await store.transaction(async ({ sql }) => {
    const same = await sql
      .selectFrom('ledger_queries')
      .select(['owner', 'shared'])
      .where('name', '=', name)
      .execute();
    if (shared && same.some((row) => row.owner !== owner && row.shared === 1))
      throw new AppError('ledger.query_name_taken');
    const own = await sql.selectFrom('ledger_queries').select('name').where('owner', '=', owner).execute();
    if (own.length >= mostSaved && !own.some((row) => row.name === name))
      throw new AppError('server.request_invalid', {
        detail: `nobody keeps more than ${mostSaved} searches`,
      });
    await sql
      .insertInto('ledger_queries')
      .values({ owner, name, query, shared: shared ? 1 : 0, changed_at: changedAt })
      .onConflict((conflict) =>
        conflict
          .columns(['owner', 'name'])
          .doUpdateSet({ query, shared: shared ? 1 : 0, changed_at: changedAt }),
      )
      .execute();
  });
  return { name, query, shared, owner, changedAt };
}
