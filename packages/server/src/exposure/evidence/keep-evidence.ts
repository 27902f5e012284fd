import { digestEvidenceReport } from '@countersign/ledger';
import type { Context } from '../../context.ts';
import type { SignedEvidence } from './report/evidence-report.ts';

const mostReports = 50;

/** Keeps the newest reports, and records each for good: the record holds the digest of what was signed. */
export async function keepEvidence(context: Context, signed: SignedEvidence): Promise<void> {
  const { report: id, madeAt, by, from, to, frameworks, seed } = signed.report;
  const digest = digestEvidenceReport(signed.report);
  const names = frameworks.map((framework) => framework.id);
  await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('evidence_reports')
      .values({
        ...{ id, made_at: madeAt, made_by: by, period_from: from, period_to: to },
        ...{ frameworks: JSON.stringify(names), digest, report: JSON.stringify(signed) },
      })
      .execute();
    const kept = tx.sql.selectFrom('evidence_reports').select('id').orderBy('id', 'desc').limit(mostReports);
    await tx.sql.deleteFrom('evidence_reports').where('id', 'not in', kept).execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'exposure.evidence_made', at: madeAt, causes: [] },
      body: { by, report: id, digest, from, to, seed, frameworks: names },
    });
  });
}
