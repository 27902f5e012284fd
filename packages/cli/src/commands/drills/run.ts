import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { collect, readTextFile } from '../../parse-options.ts';
import { printReport, type SignedRun, writeResults } from './report.ts';

interface RunOptions {
  readonly file?: readonly string[];
  readonly group?: readonly string[];
  readonly out?: string;
  readonly junit?: string;
  readonly steps?: boolean;
}

export const runDrills = defineCommand<RunOptions>({
  usage: 'run [drill...]',
  summary:
    'try attacks on the policies in force, in worlds of their own: ends with 0 when all are contained, with 4 when one is not',
  options: [
    { flags: '--file <yaml>', summary: 'a drill of your own; many times', parse: collect },
    { flags: '--group <group>', summary: 'put the agents of all drills in it; many times', parse: collect },
    { flags: '--out <file>', summary: 'write the signed report there as JSON' },
    { flags: '--junit <file>', summary: 'write the results there as JUnit XML' },
    { flags: '--steps', summary: 'show every step, not only those of drills that failed' },
  ],
  examples: [
    'drills run',
    'drills run injection kill-switch --junit drills.xml',
    'drills run --file drills/our-bank.yaml --out report.json',
  ],
  async run(session, { file, group, out, junit, steps }, ...drills) {
    const files = file?.map((path) => ({ name: basename(path), text: readTextFile(path) }));
    session.print.note('Playing the drills; nothing real is called, stopped or spent.');
    const signed = await session.api().sendPatiently<SignedRun>('POST', '/v1/exposure/drills/runs', {
      ...(drills.length === 0 ? {} : { drills }),
      ...(files === undefined ? {} : { files }),
      ...(group === undefined ? {} : { groups: group }),
    });
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(signed, null, 2)}\n`);
    if (junit !== undefined) writeFileSync(junit, `${writeResults(signed)}\n`);
    if (session.json) session.print.item(signed, []);
    else printReport(session, signed, steps === true);
    return signed.report.passed ? exitCodes.done : exitCodes.verificationFailed;
  },
});
