import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Store } from '../../plugins/database/database.ts';
import { findDrills, pickDrills } from './find-drills.ts';
import { runDrills } from './run-drills.ts';

const only = 'default';

export const scheduleDrillsInput = z.strictObject({
  /** 15 minutes to 90 days; null ends it. */
  everySeconds: z
    .number()
    .int()
    .min(900)
    .max(90 * 86_400)
    .nullable(),
  /** All, when absent. */
  drills: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/))
    .min(1)
    .max(200)
    .optional(),
});

/** Times are epoch milliseconds. */
export interface DrillSchedule {
  readonly everySeconds: number;
  /** Null: all there are. */
  readonly drills: readonly string[] | null;
  readonly nextAt: number;
  readonly setBy: string;
  readonly setAt: number;
}

/** Has drills run again and again, the first time at once; or no more. Throws `exposure.drill_not_found`. */
export async function scheduleDrills(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<DrillSchedule | null> {
  requirePermission(actor, 'exposure.run_drills');
  const { everySeconds, drills } = scheduleDrillsInput.parse(input);
  if (drills !== undefined) pickDrills(await findDrills(context), drills);
  const now = context.platform.now();
  const by = nameActor(actor);
  return context.store.transaction(async (tx) => {
    await tx.sql.deleteFrom('drill_schedules').where('name', '=', only).execute();
    const row = {
      ...{ name: only, every_seconds: everySeconds ?? 0, next_at: now, set_by: by, set_at: now },
      drills: drills === undefined ? null : JSON.stringify(drills),
    };
    if (everySeconds !== null) await tx.sql.insertInto('drill_schedules').values(row).execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'exposure.drills_scheduled', at: now, causes: [] },
      body: { by, everySeconds, drills: drills ?? null },
    });
    return everySeconds === null
      ? null
      : { everySeconds, drills: drills ?? null, nextAt: now, setBy: by, setAt: now };
  });
}

/** Null while nothing is scheduled. */
export async function getSchedule(
  context: Pick<Context, 'store'>,
  actor: Actor,
): Promise<DrillSchedule | null> {
  requirePermission(actor, 'exposure.read');
  return findSchedule(context.store);
}

async function findSchedule({ sql }: Pick<Store, 'sql'>): Promise<DrillSchedule | null> {
  const row = await sql.selectFrom('drill_schedules').selectAll().where('name', '=', only).executeTakeFirst();
  if (row === undefined) return null;
  const { every_seconds: everySeconds, next_at: nextAt, set_by: setBy, set_at: setAt } = row;
  return { everySeconds, drills: row.drills === null ? null : JSON.parse(row.drills), nextAt, setBy, setAt };
}

const lookMilliseconds = 30_000;

/** Runs what is due and says when to look again. What cannot be run is logged, recorded as not passed, and due again. */
export async function runDueDrills(context: Context): Promise<number> {
  const { now } = context.platform;
  const schedule = await findSchedule(context.store);
  if (schedule === null || schedule.nextAt > now())
    return Math.min(schedule?.nextAt ?? Infinity, now() + lookMilliseconds);
  // What a server that stops would claim, nobody would run.
  if (!context.drills.isFree) return now() + lookMilliseconds;
  // Before it runs: a run that ends the process must not run again at every start.
  await context.store.sql
    .updateTable('drill_schedules')
    .set({ next_at: now() + schedule.everySeconds * 1000 })
    .where('name', '=', only)
    .where('next_at', '=', schedule.nextAt)
    .execute();
  const input = schedule.drills === null ? {} : { drills: schedule.drills };
  const actor: Actor = { kind: 'system', part: 'drills' };
  await runDrills(context, actor, input, 'schedule').catch((thrown: unknown) =>
    recordBroken(context, thrown),
  );
  return now() + lookMilliseconds;
}

/** A schedule that silently runs nothing would look like one that finds nothing. */
async function recordBroken(context: Context, thrown: unknown): Promise<void> {
  const code = thrown instanceof AppError ? thrown.code : 'server.internal';
  context.log.error({ err: thrown, code }, 'scheduled drills could not be run');
  await context.store.append([
    {
      ...{ id: context.platform.newId('rec'), kind: 'exposure.drill_finished', at: context.platform.now() },
      causes: [],
      body: { by: 'system:drills', trigger: 'schedule', passed: false, code },
    },
  ]);
}
