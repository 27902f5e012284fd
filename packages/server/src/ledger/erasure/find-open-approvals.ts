import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';

const idsAtOnce = 500;

/** Which of these still wait for people, or for their release. */
export async function findOpenApprovals(
  sql: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const rows = await sql
      .selectFrom('approvals')
      .select('id')
      .where('id', 'in', ids.slice(from, from + idsAtOnce))
      .where('state', 'in', ['requested', 'approved'])
      .execute();
    for (const { id } of rows) open.add(id);
  }
  return open;
}
