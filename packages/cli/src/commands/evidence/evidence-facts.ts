import { writeFileSync } from 'node:fs';
import { evidenceForms } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
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

const formats = ['json', ...evidenceForms] as const;

export interface FileOptions {
  readonly format: (typeof formats)[number];
  readonly out?: string;
}

export const fileOptions = [
  { flags: '--out <file>', summary: 'write it there; with its signature in <file>.sig, unless it is JSON' },
  {
    flags: '--format <format>',
    summary: `of the file: ${formats.join(', ')}`,
    parse: parseFormat,
    initial: 'json',
  },
] as const;

function parseFormat(text: string): FileOptions['format'] {
  const found = formats.find((one) => one === text);
  if (found === undefined)
    throw new CliError(`there is no format ${showHonestly(text)}`, { fix: formats.join(', ') });
  return found;
}

/** Before anything is made that could not be written. */
export function requireFile({ format, out }: FileOptions): void {
  if (out === undefined && format !== 'json')
    throw new CliError(`a report as ${format} needs a file`, { fix: '--out <file>' });
}

interface SignedForm {
  readonly content: string;
  readonly signature: object;
}

/** JSON is signed within; any other form has its signature beside it, where `evidence verify` looks. */
export async function writeFile(
  session: Session,
  signed: SignedEvidence,
  { format, out }: FileOptions,
): Promise<void> {
  if (out === undefined) return;
  if (format === 'json') {
    writeFileSync(out, `${JSON.stringify(signed, null, 2)}\n`);
    return;
  }
  const path = `${reportsPath}/${signed.report.report}/forms/${format}`;
  const { content, signature } = await session.api().get<SignedForm>(path);
  writeFileSync(out, Buffer.from(content, 'base64'));
  writeFileSync(`${out}.sig`, `${JSON.stringify(signature, null, 2)}\n`);
}
