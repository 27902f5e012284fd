import {
  type BundleFinding,
  type BundleReport,
  readLines,
  verifyBundle,
  type WitnessPolicy,
} from '@countersign/ledger';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';
import { listCosigners } from './describe-checkpoint.ts';

const findingFields: readonly Column<BundleFinding>[] = [
  ['FINDING', ({ code }) => code],
  ['LINE', ({ line }) => line],
  ['RECORD', ({ record }) => record],
  ['DETAIL', ({ detail }) => detail],
];

interface Given extends WitnessPolicy {
  readonly vkey?: string;
}

/** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
export async function verifyBundleFile(
  session: Session,
  chunks: AsyncIterable<Uint8Array>,
  given: Given,
): Promise<ExitCode> {
  const report = await verifyBundle(readLines(chunks), given);
  if (session.json) session.print.item(report, []);
  else if (report.valid) printValid(session, report);
  else printBundleFindings(session, report);
  if (report.valid && report.key === 'claimed')
    session.print.note('Checked with the key the bundle itself names; give --vkey to know whose it is.');
  return report.valid ? exitCodes.done : exitCodes.verificationFailed;
}

export function printBundleFindings({ print }: Session, report: BundleReport): void {
  print.text(`NOT VERIFIED: ${report.findings.length + report.findingsLeftOut} findings`);
  print.rows(report.findings, findingFields);
  if (report.findingsLeftOut > 0) print.text(`and ${report.findingsLeftOut} more`);
}

function printValid({ print }: Session, report: BundleReport): void {
  const { madeAt, madeFor, missing, receipts, records, withheld } = report;
  print.text(`verified: ${records} records of ${report.origin ?? '?'}, in the signed tree of ${report.size}`);
  const when = madeAt === null ? '' : `, ${formatTime(madeAt)}`;
  print.text(showHonestly(`made for ${madeFor?.name ?? '?'} (${madeFor?.id ?? '?'})${when}`));
  if (madeFor?.access !== undefined) {
    const { until, watermark } = madeFor.access;
    print.text(`watermark ${watermark}: who may read only some of it, until ${formatTime(until)}`);
  }
  if (report.policiesOutOfScope > 0)
    print.text(`${report.policiesOutOfScope} policy versions are not shown: out of scope`);
  print.text(`${report.policies} policy versions, ${report.tools} tools, ${receipts.length} receipts`);
  for (const { approval, outcome, proven, status } of receipts) {
    const how = proven ? 'proven by passkeys over the text' : 'as its issuer says';
    const taken = status?.value === 'invalid' ? ', and TAKEN BACK since' : '';
    print.text(showHonestly(`${approval} was ${outcome}, ${how}${taken}`));
  }
  for (const line of listCosigners(report)) print.text(line);
  for (const [reason, count] of Object.entries(withheld))
    print.text(`${count} payloads are not here: ${reason.replaceAll('_', ' ')}`);
  if (missing > 0) print.text(`${missing} earlier records are named as causes and are not here`);
  if (report.truncated) print.note('There was more than went in: ask for less, or with --limit.');
}
