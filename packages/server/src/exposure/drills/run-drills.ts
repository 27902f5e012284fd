import { z } from 'zod';
import { endDrillApprovals } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import type { KnownDrill } from './drill-schema.ts';
import { findDrills, pickDrills, requireNamedOnce } from './find-drills.ts';
import { playDrill } from './play/play-drill.ts';
import { readDrill } from './read-drill.ts';
import type { DrillReport, RunReport, SignedReport } from './report/drill-report.ts';
import { signReport } from './report/sign-report.ts';

const drillName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

export const runDrillsInput = z.strictObject({
  /** All, when absent. */
  drills: z.array(drillName).min(1).max(200).optional(),
  /** Drills of one's own, as YAML; they alone are run where no name is given. */
  files: z
    .array(z.strictObject({ name: plainLine(100), text: z.string().min(1).max(131_072) }))
    .min(1)
    .max(50)
    .optional(),
  /** Put on every agent of every drill, so that policies which know agents by group are drilled, too. */
  groups: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/))
    .max(16)
    .default([]),
});

export interface FinishedRun {
  readonly id: string;
  readonly signed: SignedReport;
  readonly digest: string;
}

/**
 * Plays drills against the policies in force, one after the other, each in a world of its own. The report is signed and
 * its record durable before it is returned. Throws `exposure.drills_running`, `exposure.drill_not_found`,
 * `exposure.drill_invalid`.
 */
export async function runDrills(
  context: Context,
  actor: Actor,
  input: unknown,
  trigger: RunReport['trigger'] = 'asked',
): Promise<FinishedRun> {
  requirePermission(actor, 'exposure.run_drills');
  const { drills, files, groups } = runDrillsInput.parse(input);
  return context.drills.alone(async (ending) => {
    const given = (files ?? []).map((file) => readDrill(file, 'given'));
    const isGivenOnly = files !== undefined && drills === undefined;
    const known = isGivenOnly ? [] : await findDrills(context);
    const chosen = requireNamedOnce([...pickDrills(known, drills), ...given]);
    return playAll(context, chosen, { groups, trigger, by: nameActor(actor), ending });
  });
}

interface Playing {
  readonly groups: readonly string[];
  readonly trigger: RunReport['trigger'];
  readonly by: string;
  readonly ending: AbortSignal;
}

async function playAll(
  context: Context,
  chosen: readonly KnownDrill[],
  { groups, trigger, by, ending }: Playing,
): Promise<FinishedRun> {
  const id = context.platform.newId('drl');
  const startedAt = context.platform.now();
  const played: DrillReport[] = [];
  try {
    for (const known of chosen) played.push(await playDrill(context, known, { run: id, groups, ending }));
  } finally {
    await endDrillApprovals(context, id);
  }
  const report: RunReport = {
    ...{ format: 'countersign-drill-report/1', run: id, server: context.config.server.publicUrl },
    ...{ environment: context.config.server.environment, trigger, by, startedAt },
    finishedAt: context.platform.now(),
    passed: played.length > 0 && played.every(({ outcome }) => outcome === 'contained'),
    drills: played,
  };
  const { signed, digest } = await signReport(context, report);
  await keepRun(context, signed, digest);
  return { id, signed, digest };
}

const mostRuns = 200;

async function keepRun(context: Context, signed: SignedReport, digest: string): Promise<void> {
  const { report } = signed;
  const { run: id, startedAt, finishedAt, passed, trigger, by, drills } = report;
  await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('drill_runs')
      .values({
        ...{ id, started_at: startedAt, finished_at: finishedAt, passed: passed ? 1 : 0, started_by: by },
        ...{ trigger_kind: trigger, digest, report: JSON.stringify(signed) },
      })
      .execute();
    const kept = tx.sql.selectFrom('drill_runs').select('id').orderBy('id', 'desc').limit(mostRuns);
    await tx.sql.deleteFrom('drill_runs').where('id', 'not in', kept).execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'exposure.drill_finished', at: finishedAt, causes: [] },
      ...{ drill: id, policyVersion: context.policies.version },
      body: {
        ...{ by, trigger, passed, digest },
        drills: drills.map(({ name, outcome, source, digest: text }) => ({
          name,
          outcome,
          source,
          digest: text,
        })),
      },
    });
  });
  const failed = drills.filter(({ outcome }) => outcome !== 'contained').map(({ name }) => name);
  if (failed.length > 0) context.log.error({ run: id, drills: failed }, 'drills were not contained');
}
