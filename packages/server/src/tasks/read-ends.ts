import type { Store } from '../plugins/database/database.ts';

const idsInStatement = 500;

/** Those of the tasks that have ended, with when, in epoch milliseconds. */
export async function readEnds(
  { sql }: Pick<Store, 'sql'>,
  taskIds: readonly string[],
): Promise<readonly { readonly id: string; readonly at: number }[]> {
  const ended: { id: string; at: number }[] = [];
  for (let from = 0; from < taskIds.length; from += idsInStatement) {
    const rows = await sql
      .selectFrom('tasks')
      .select(['id', 'ended_at'])
      .where('id', 'in', taskIds.slice(from, from + idsInStatement))
      .where('ended_at', 'is not', null)
      .execute();
    for (const { id, ended_at } of rows) if (ended_at !== null) ended.push({ id, at: ended_at });
  }
  return ended;
}
