import type { Context } from '../../context.ts';
import { findRecords } from '../../ledger/index.ts';
import type { SignedReport } from '../drills/report/drill-report.ts';
import type { Period } from './claims/period-records.ts';
import type { DrillResult } from './report/evidence-report.ts';

const mostRuns = 200;

/** How each drill came out the last time it was run in the period. */
export async function readDrills(
  context: Context,
  { from, to }: Period,
): Promise<readonly (DrillResult & { readonly covers: readonly string[] })[]> {
  const runs = await context.store.sql
    .selectFrom('drill_runs')
    .select(['id', 'finished_at', 'digest', 'report'])
    .where('finished_at', '>=', from)
    .where('finished_at', '<', to)
    .orderBy('id', 'desc')
    .limit(mostRuns)
    .execute();
  const last = new Map<string, DrillResult & { readonly covers: readonly string[] }>();
  for (const { id: run, finished_at: at, digest, report } of runs) {
    const signed: SignedReport = JSON.parse(report);
    const fresh = signed.report.drills.filter(({ name }) => !last.has(name));
    if (fresh.length === 0) continue;
    const found = await findRecords(context, { id: run, kind: 'exposure.drill_finished', limit: 1 });
    const record = found.items[0]?.id ?? null;
    for (const { name, outcome, policyVersion, covers } of fresh)
      last.set(name, { name, outcome, run, at, digest, policyVersion, record, covers });
  }
  return [...last.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
