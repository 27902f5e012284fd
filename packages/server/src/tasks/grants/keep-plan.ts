import { AppError } from '@countersign/api';
import type { TaskGrant } from '@countersign/core';
import type { Kysely } from 'kysely';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { type EntryBounds, mostPlanBytes, type StoredPlan } from './stored-plan.ts';

/** The plan of the first task of a line; null when it has none. */
export async function loadPlan(sql: Kysely<Schema>, lineId: string): Promise<StoredPlan | null> {
  const row = await sql
    .selectFrom('task_grants')
    .selectAll()
    .where('task_id', '=', lineId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    prompt: row.prompt,
    grant: JSON.parse(row.task_grant) as TaskGrant,
    bounds: new Map(JSON.parse(row.bounds) as [string, EntryBounds][]),
    tools: new Map(JSON.parse(row.tools) as [string, string][]),
    confirmedBy: row.confirmed_by,
    version: row.version,
  };
}

/** Takes the place of the version before it, and of no other. Throws `task.plan_changed`, `task.plan_too_large`. */
export async function savePlan(
  tx: Transaction,
  lineId: string,
  plan: StoredPlan,
  changedAt: number,
): Promise<void> {
  const values = {
    prompt: plan.prompt,
    confirmed_by: plan.confirmedBy,
    tools: JSON.stringify([...plan.tools]),
    task_grant: JSON.stringify(plan.grant),
    bounds: JSON.stringify([...plan.bounds]),
    version: plan.version,
    changed_at: changedAt,
  };
  if (Buffer.byteLength(values.task_grant) > mostPlanBytes) throw new AppError('task.plan_too_large');
  if (plan.version === 1) {
    await tx.sql
      .insertInto('task_grants')
      .values({ task_id: lineId, ...values })
      .execute();
    return;
  }
  const kept = await tx.sql
    .updateTable('task_grants')
    .set(values)
    .where('task_id', '=', lineId)
    .where('version', '=', plan.version - 1)
    .executeTakeFirst();
  if (kept.numUpdatedRows !== 1n) throw new AppError('task.plan_changed');
}

/** What records and signed texts say of a plan instead of its values. */
export function digestPlan({ prompt, grant, bounds, confirmedBy }: StoredPlan): string {
  return sha256(JSON.stringify([prompt, grant, [...bounds], confirmedBy]));
}
