import { existsSync, renameSync, writeFileSync } from 'node:fs';
import {
  type Checkpoint,
  compareCheckpoints,
  parseVerifierKey,
  readTileTree,
  type WitnessPolicy,
} from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type LogReader, openLog } from '../../control/open-log.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { parseDuration, readTextFile } from '../../parse-options.ts';
import { pause } from '../../pause.ts';
import { reportError } from '../../report-error.ts';
import type { Session } from '../../session.ts';
import { readWitnessPolicy, type WitnessOptions, witnessOptions } from '../../witness-options.ts';
import { requireCheckpoint } from './describe-checkpoint.ts';
import { keepEvidence } from './keep-evidence.ts';

interface MonitorOptions extends WitnessOptions {
  readonly vkey: string;
  readonly state: string;
  readonly log?: string;
  readonly every: number;
  readonly once?: boolean;
}

interface Followed {
  readonly log: LogReader;
  readonly vkey: string;
  readonly policy: WitnessPolicy;
  readonly file: string;
}

export const monitorLedger = defineCommand<MonitorOptions>({
  usage: 'monitor',
  summary: 'follow a log with its verifier key alone: that it only grew since it was seen last',
  options: [
    { flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere", required: true },
    { flags: '--state <file>', summary: 'the checkpoint seen last; keep it', required: true },
    { flags: '--log <url>', summary: 'such as https://gate.example/log/main; the own server when absent' },
    { flags: '--every <time>', summary: 'from one look to the next', parse: parseDuration, initial: 60 },
    { flags: '--once', summary: 'look once; ends with 4 when something is wrong' },
    ...witnessOptions,
  ],
  examples: ['ledger monitor --log https://gate.example/log/main --vkey gate.example/log+… --state seen.txt'],
  async run(session, { vkey, state: file, log, every, once, ...witnesses }) {
    if (parseVerifierKey(vkey) === undefined) throw new CliError(`${vkey} is no verifier key of a log`);
    const followed = { log: openLog(session, log), vkey, policy: readWitnessPolicy(witnesses), file };
    if (once === true) return (await look(session, followed)).exitCode;
    while (!session.signal.aborted) {
      const { isForked } = await look(session, followed).catch((thrown: unknown) => {
        // What is wrong today is looked at again: only a fork stays one.
        if (!session.signal.aborted) session.print.note(reportError(thrown, session.json).text);
        return { isForked: false };
      });
      if (isForked) return exitCodes.verificationFailed;
      await pause(every * 1000, session.signal);
    }
    return undefined;
  },
});

interface Look {
  readonly exitCode: ExitCode;
  readonly isForked: boolean;
}

/** Compares what the log shows now with what it showed, and keeps it when it only grew. */
async function look(session: Session, { log, vkey, policy, file }: Followed): Promise<Look> {
  const note = await log.readCheckpoint();
  const newest = requireCheckpoint(note, log.url, { vkey, ...policy });
  const before = existsSync(file) ? readTextFile(file) : undefined;
  const seen = before === undefined ? undefined : requireCheckpoint(before, file, { vkey });
  if (before !== undefined && seen !== undefined) {
    if (newest.size < seen.size) return say(session, newest, 'rolled_back', `it had ${seen.size} records`);
    const hashAt = readTileTree(newest.size, log.readTile);
    const comparison = await compareCheckpoints([before, note], vkey, hashAt);
    if (comparison.kind === 'forked') {
      keepEvidence(session, `${file}.fork.json`, comparison.evidence);
      return say(session, newest, 'forked', `it contradicts ${file}`);
    }
    if (comparison.kind !== 'consistent')
      return say(session, newest, 'log_mismatch', 'its tiles do not make the tree that it signed');
  }
  writeFileSync(`${file}.new`, note, { flush: true });
  renameSync(`${file}.new`, file);
  return say(session, newest, 'consistent', seen === undefined ? 'seen first' : `since ${seen.size}`);
}

function say(
  session: Session,
  { size }: Checkpoint,
  state: 'consistent' | 'rolled_back' | 'forked' | 'log_mismatch',
  detail: string,
): Look {
  session.print.line({ state, size, detail }, `${state}: ${size} records, ${detail}`);
  return {
    exitCode: state === 'consistent' ? exitCodes.done : exitCodes.verificationFailed,
    isForked: state === 'forked',
  };
}
