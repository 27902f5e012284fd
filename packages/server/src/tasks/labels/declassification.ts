import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { LeasedTask } from '../leased-task.ts';

export type DeclassificationRow = Selectable<Schema['task_declassifications']>;
export type LabelContext = Pick<Context, 'config' | 'platform' | 'store' | 'tasks'>;
export type PersonActor = Actor & { readonly kind: 'person' };

export const declassificationMilliseconds = 15 * 60_000;

/** A person who may declassify: the operator's token proposes, and never signs. Throws `person.forbidden`. */
export function requireDeclassifier(actor: Actor): PersonActor {
  requirePermission(actor, 'tasks.declassify');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  return actor;
}

/** Throws `task.declassification_not_found`. */
export async function loadDeclassification(sql: Kysely<Schema>, id: string): Promise<DeclassificationRow> {
  const row = isId('tdc', id)
    ? await sql.selectFrom('task_declassifications').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('task.declassification_not_found');
  return row;
}

/** Throws `task.declassification_not_open`. */
export function requireOpen(row: DeclassificationRow, task: LeasedTask, now: number): void {
  const why = findObstacle(row, task, now);
  if (why !== undefined) throw new AppError('task.declassification_not_open', { detail: why });
}

/** Why it cannot be signed; undefined while it can. */
export function findObstacle(row: DeclassificationRow, task: LeasedTask, now: number): string | undefined {
  if (row.signed_at !== null) return 'it was signed before';
  if (row.expires_at <= now) return 'it expired';
  if (task.endedAt !== null || task.expiresAt <= now) return 'the task is over';
  return task.history.findLiftObstacle(row.id);
}
