import { createReadStream } from 'node:fs';
import { type ExportReport, type Finding, readLines, verifyExport } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Column } from '../../output/printer.ts';
import { readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';

const findingFields: readonly Column<Finding>[] = [
  ['FINDING', ({ code }) => code],
  ['RECORD', ({ seq }) => seq],
  ['DETAIL', ({ detail }) => detail],
];

/** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyLedger = defineCommand<{ checkpoint?: string; vkey?: string }>({
  usage: 'verify <file>',
  summary: 'check an export offline: anything changed, missing, reordered or, against a checkpoint, cut off',
  options: [
    { flags: '--checkpoint <file>', summary: 'a signed checkpoint kept from earlier, apart from the ledger' },
    { flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere" },
  ],
  examples: ['ledger verify evidence.jsonl --checkpoint checkpoint.txt'],
  async run(session, { checkpoint, vkey }, file = '') {
    const options = {
      ...(checkpoint === undefined ? {} : { checkpoint: readTextFile(checkpoint) }),
      ...(vkey === undefined ? {} : { vkey }),
    };
    const chunks = file === '-' ? session.streams.stdin : createReadStream(file);
    const report = await verifyExport(readLines(readBytes(chunks, file)), options);
    return printReport(session, report, checkpoint !== undefined);
  },
});

export function printReport(session: Session, report: ExportReport, hasCheckpoint: boolean): ExitCode {
  const { print } = session;
  if (session.json) {
    print.item(report, []);
  } else if (report.valid) {
    print.text(
      `verified: ${report.records} records of ${report.origin ?? '?'}, ${report.from} to ${report.to}`,
    );
    print.text(`root ${report.root}${report.erased === 0 ? '' : `, ${report.erased} erased payloads`}`);
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

async function* readBytes(chunks: AsyncIterable<unknown>, file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (cause) {
    throw new CliError(`${file} cannot be read`, { cause });
  }
}
