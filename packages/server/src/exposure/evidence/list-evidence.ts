import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { recordRead } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { type Page, pageQuery, takePage } from '../../wire/page.ts';
import type { Framework } from './framework.ts';
import { frameworks } from './list-frameworks.ts';
import type { SignedEvidence } from './report/evidence-report.ts';

export const listEvidenceInput = z.strictObject(pageQuery);

/** Times are epoch milliseconds. */
export interface EvidenceView {
  readonly id: string;
  readonly madeAt: number;
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly frameworks: readonly string[];
  readonly digest: string;
}

/** Newest first; only the newest are kept. */
export async function listEvidence(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: unknown,
): Promise<Page<EvidenceView>> {
  requirePermission(actor, 'exposure.read');
  const { cursor, limit } = listEvidenceInput.parse(input);
  const all = context.store.sql
    .selectFrom('evidence_reports')
    .select(['id', 'made_at', 'made_by', 'period_from', 'period_to', 'frameworks', 'digest']);
  const from = cursor === undefined ? all : all.where('id', '<', cursor);
  const rows = await from
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return takePage(rows, limit, (row) => ({
    ...{ id: row.id, madeAt: row.made_at, by: row.made_by, from: row.period_from, to: row.period_to },
    ...{ frameworks: JSON.parse(row.frameworks), digest: row.digest },
  }));
}

/** The signed report; who reads it is on record before. Throws `exposure.evidence_not_found`. */
export async function getEvidence(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: unknown,
): Promise<SignedEvidence> {
  requirePermission(actor, 'exposure.read');
  const { reportId } = z.strictObject({ reportId: idSchema('evd') }).parse(input);
  const row = await context.store.sql
    .selectFrom('evidence_reports')
    .select('report')
    .where('id', '=', reportId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('exposure.evidence_not_found');
  await recordRead(context, actor, { how: 'evidence', selection: { report: reportId } });
  return JSON.parse(row.report);
}

interface FrameworkView extends Omit<Framework, 'controls'> {
  readonly controls: readonly {
    readonly id: string;
    readonly title: string;
    readonly claims?: readonly string[];
    readonly outOfScope?: string;
  }[];
}

/** The lists of others, as they are known here. */
export function listFrameworks(actor: Actor): readonly FrameworkView[] {
  requirePermission(actor, 'exposure.read');
  return frameworks.map(({ id, title, version, date, source, wording, controls }) => ({
    ...{ id, title, version, date, source, wording },
    controls: controls.map((control) => ({
      ...{ id: control.id, title: control.title },
      ...('outOfScope' in control ? { outOfScope: control.outOfScope } : { claims: control.claims }),
    })),
  }));
}
