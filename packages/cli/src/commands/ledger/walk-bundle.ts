import { createReadStream } from 'node:fs';
import { holdRecords, WALK_BOUNDS, walkBack, walkOn } from '@countersign/core';
import { type OpenedRecord, openBundleRecord, readLines, verifyBundle } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import type { ToldGraph } from './tell-graph.ts';
import { printBundleFindings } from './verify-bundle.ts';

interface Asked {
  readonly bundle: string;
  readonly id: string;
  readonly limit: number;
  readonly question: 'why' | 'impact';
  readonly vkey?: string;
}

/** What does not verify is not walked, but said to be wrong: it would tell whatever somebody wanted told. */
export async function walkBundle(session: Session, asked: Asked): Promise<ToldGraph | ExitCode> {
  const { bundle, id, limit, question, vkey } = asked;
  const records: OpenedRecord[] = [];
  const report = await verifyBundle(readLines(readFile(bundle)), {
    ...(vkey === undefined ? {} : { vkey }),
    onLine: (line) => {
      if (line.type === 'record') records.push(openBundleRecord(line.record));
    },
  });
  if (!report.valid) {
    if (session.json) session.print.item(report, []);
    else printBundleFindings(session, report);
    return exitCodes.verificationFailed;
  }
  if (report.key === 'claimed')
    session.print.note('Checked with the key the bundle itself names; give --vkey to know whose it is.');
  const direction = question === 'why' ? 'back' : 'on';
  const held = holdRecords(records);
  const record = held.find(id, direction);
  if (record === undefined) throw new CliError(`${id} is not in ${bundle}`);
  const walk = direction === 'back' ? walkBack : walkOn;
  return walk(held, record, { ...WALK_BOUNDS, nodes: limit });
}

async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (cause) {
    throw new CliError(`${file} cannot be read`, { cause });
  }
}
