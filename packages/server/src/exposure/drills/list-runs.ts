import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { type Page, pageQuery, takePage } from '../../wire/page.ts';
import { findDrills } from './find-drills.ts';
import type { SignedReport } from './report/drill-report.ts';

export const listRunsInput = z.strictObject(pageQuery);

/** Times are epoch milliseconds. */
export interface RunView {
  readonly id: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly passed: boolean;
  readonly trigger: 'asked' | 'schedule';
  readonly by: string;
  readonly digest: string;
}

/** Newest first. */
export async function listRuns(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: unknown,
): Promise<Page<RunView>> {
  requirePermission(actor, 'exposure.read');
  const { cursor, limit } = listRunsInput.parse(input);
  const all = context.store.sql.selectFrom('drill_runs').selectAll();
  const from = cursor === undefined ? all : all.where('id', '<', cursor);
  const rows = await from
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, showRun);
}

function showRun(row: Selectable<Schema['drill_runs']>): RunView {
  return {
    ...{ id: row.id, startedAt: row.started_at, finishedAt: row.finished_at, passed: row.passed === 1 },
    ...{ trigger: row.trigger_kind, by: row.started_by, digest: row.digest },
  };
}

/** The signed report of one run. Throws `exposure.drill_not_found`. */
export async function getRun(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: unknown,
): Promise<SignedReport> {
  requirePermission(actor, 'exposure.read');
  const { runId } = z.strictObject({ runId: idSchema('drl') }).parse(input);
  const row = await context.store.sql
    .selectFrom('drill_runs')
    .select('report')
    .where('id', '=', runId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('exposure.drill_not_found');
  return JSON.parse(row.report);
}

export interface DrillView {
  readonly name: string;
  readonly title: string;
  readonly about: string | null;
  readonly covers: readonly string[];
  readonly source: 'built-in' | 'folder' | 'given';
  readonly file: string;
  readonly steps: number;
}

/** What could be run. Throws `exposure.drill_invalid` when a file of one's own cannot be read. */
export async function listDrills(
  context: Pick<Context, 'config'>,
  actor: Actor,
): Promise<readonly DrillView[]> {
  requirePermission(actor, 'exposure.read');
  return (await findDrills(context)).map(({ drill, source, file }) => ({
    ...{ name: drill.drill, title: drill.title, about: drill.about ?? null, covers: drill.covers },
    ...{ source, file, steps: drill.steps.length },
  }));
}
