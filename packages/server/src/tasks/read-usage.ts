import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { Spending } from './leased-task.ts';

/** What the task or delegation has durably used. */
export async function readUsage(sql: Kysely<Schema>, holder: string): Promise<Spending> {
  const row = await sql
    .selectFrom('budgets')
    .select(['calls', 'spend_minor'])
    .where('holder', '=', holder)
    .executeTakeFirst();
  return { calls: row?.calls ?? 0, spendMinor: row?.spend_minor ?? 0 };
}
