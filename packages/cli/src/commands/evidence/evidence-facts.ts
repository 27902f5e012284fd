import { writeFileSync } from 'node:fs';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';

export interface ControlFacts {
  readonly id: string;
  readonly title: string;
  readonly verdict: string;
  readonly why: string;
}

/** A report as the server signed it. */
export interface SignedEvidence {
  readonly report: {
    readonly report: string;
    readonly from: number;
    readonly to: number;
    readonly size: number;
    readonly frameworks: readonly {
      readonly title: string;
      readonly version: string;
      readonly controls: readonly ControlFacts[];
    }[];
  };
  readonly note: string;
  readonly vkey: string;
}

export interface ReportFacts {
  readonly id: string;
  readonly madeAt: number;
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly frameworks: readonly string[];
}

export const reportFields: readonly Column<ReportFacts>[] = [
  ['REPORT', ({ id }) => id],
  ['MADE', ({ madeAt }) => formatTime(madeAt)],
  ['FROM', ({ from }) => formatTime(from)],
  ['TO', ({ to }) => formatTime(to)],
  ['FRAMEWORKS', ({ frameworks }) => frameworks],
  ['BY', ({ by }) => by],
];

export const reportsPath = '/v1/exposure/evidence/reports';

/** Each control with what was found; where to see its records. */
export function printEvidence(session: Session, { report }: SignedEvidence): void {
  const { print } = session;
  for (const { title, version, controls } of report.frameworks) {
    print.text(title.includes(version) ? title : `${title} ${version}`);
    for (const { id, title: name, verdict, why } of controls) {
      print.text(showHonestly(`  ${verdict.replaceAll('_', ' ').padEnd(18)}  ${id} ${name}`));
      print.text(showHonestly(`      ${why}`));
    }
  }
  print.text(
    `${report.report}: ${formatTime(report.from)} to ${formatTime(report.to)}, ${report.size} records in the tree`,
  );
  print.note(
    `See it with its records at /evidence/${report.report}. It does not say that a framework is met.`,
  );
}

interface Files {
  readonly out?: string;
  readonly oscal?: string;
}

/** Writes what was asked for, as JSON. */
export async function writeFiles(
  session: Session,
  signed: SignedEvidence,
  { out, oscal }: Files,
): Promise<void> {
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(signed, null, 2)}\n`);
  if (oscal === undefined) return;
  const results = await session.api().get<object>(`${reportsPath}/${signed.report.report}/oscal`);
  writeFileSync(oscal, `${JSON.stringify(results, null, 2)}\n`);
}
