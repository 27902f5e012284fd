import { createReadStream } from 'node:fs';
import { bundleFormat, type ExportReport, type Finding, readLines, verifyExport } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import { readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { readWitnessPolicy, type WitnessOptions, witnessOptions } from '../../witness-options.ts';
import { listCosigners } from './describe-checkpoint.ts';
import { verifyBundleFile } from './verify-bundle.ts';
import { recognise, verifyOther } from './verify-other.ts';

const findingFields: readonly Column<Finding>[] = [
  ['FINDING', ({ code }) => code],
  ['RECORD', ({ seq }) => seq],
  ['DETAIL', ({ detail }) => detail],
];

interface VerifyOptions extends WitnessOptions {
  readonly checkpoint?: string;
  readonly vkey?: string;
}

/** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyLedger = defineCommand<VerifyOptions>({
  usage: 'verify <file>',
  summary: 'check an export, a bundle, a checkpoint, a proof of a record or evidence of a fork, offline',
  options: [
    { flags: '--checkpoint <file>', summary: 'a signed checkpoint kept from earlier, apart from the ledger' },
    { flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere" },
    ...witnessOptions,
  ],
  examples: [
    'ledger verify evidence.jsonl --checkpoint checkpoint.txt',
    'ledger verify checkpoint.txt --vkey gate.example/log+… --witness w.example/one+… --quorum 1',
  ],
  async run(session, { checkpoint, vkey, ...witnesses }, file = '') {
    const options = {
      ...readWitnessPolicy(witnesses),
      ...(checkpoint === undefined ? {} : { checkpoint: readTextFile(checkpoint) }),
      ...(vkey === undefined ? {} : { vkey }),
    };
    const chunks = readBytes(file === '-' ? session.streams.stdin : createReadStream(file), file);
    const first = (await chunks.next()).value ?? new Uint8Array();
    if (Buffer.from(first.subarray(0, bundleStart.length)).equals(bundleStart))
      return verifyBundleFile(session, putBack(first, chunks), options);
    const kind = recognise(Buffer.from(first).toString('utf8'));
    const all = putBack(first, chunks);
    if (kind !== undefined) return verifyOther(session, kind, await readWhole(all, file), options);
    const report = await verifyExport(readLines(all), options);
    return printReport(session, report, checkpoint !== undefined);
  },
});

const bundleStart = Buffer.from(`{"format":"${bundleFormat}"`);

async function* putBack(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

const longestTextBytes = 4 * 1024 * 1024;

async function readWhole(chunks: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > longestTextBytes) throw new CliError(`${file} is too long`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function printReport(session: Session, report: ExportReport, hasCheckpoint: boolean): ExitCode {
  const { print } = session;
  if (session.json) {
    print.item(report, []);
  } else if (report.valid) {
    print.text(
      `verified: ${report.records} records of ${report.origin ?? '?'}, ${report.from} to ${report.to}`,
    );
    print.text(`root ${report.root}${report.erased === 0 ? '' : `, ${report.erased} erased payloads`}`);
    for (const [reason, count] of Object.entries(report.withheld))
      print.text(`${count} payloads are not shown: ${reason.replaceAll('_', ' ')}`);
    if (report.watermark !== null) print.text(describeWatermark(report.watermark));
    for (const line of listCosigners(report)) print.text(line);
  } else {
    print.text(`NOT VERIFIED: ${report.findings.length + report.findingsLeftOut} findings`);
    print.rows(report.findings, findingFields);
    if (report.findingsLeftOut > 0) print.text(`and ${report.findingsLeftOut} more`);
  }
  if (report.valid && report.key === 'claimed')
    print.note('Checked with the key the export itself names; give --vkey to know whose it is.');
  if (report.valid && !hasCheckpoint)
    print.note('Give --checkpoint with one kept from earlier to know that nothing was cut off the end.');
  return report.valid ? exitCodes.done : exitCodes.verificationFailed;
}

function describeWatermark({ id, person, takenAt, until }: NonNullable<ExportReport['watermark']>): string {
  return showHonestly(`watermark ${id}: taken by ${person} at ${takenAt}, who may read until ${until}`);
}

async function* readBytes(chunks: AsyncIterable<unknown>, file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (cause) {
    throw new CliError(`${file} cannot be read`, { cause });
  }
}
