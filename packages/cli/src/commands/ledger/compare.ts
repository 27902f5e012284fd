import { type Comparison, compareCheckpoints, parseVerifierKey, readTileTree } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { openLog } from '../../control/open-log.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { requireCheckpoint } from './describe-checkpoint.ts';
import { keepEvidence } from './keep-evidence.ts';

interface CompareOptions {
  readonly vkey: string;
  readonly log?: string;
  readonly out: string;
}

interface Held {
  readonly what: string;
  readonly note: string;
  readonly size: number;
}

interface Found {
  readonly one: string;
  readonly other: string;
  readonly kind: Comparison['kind'] | 'behind';
}

export const compareLedger = defineCommand<CompareOptions>({
  usage: 'compare <checkpoints...>',
  summary: 'whether checkpoints that different people hold are of one history; finds a split view',
  options: [
    { flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere", required: true },
    {
      flags: '--log <url>',
      summary: 'where the log is read as tiles, such as https://gate.example/log/main',
    },
    { flags: '--out <file>', summary: 'where evidence of a fork goes', initial: 'fork.json' },
  ],
  examples: ['ledger compare mine.txt theirs.txt --vkey countersign-ledger/…'],
  async run(session, options, ...files) {
    const { vkey, log } = options;
    if (parseVerifierKey(vkey) === undefined) throw new CliError(`${vkey} is no verifier key of a log`);
    const held = files.map((file): Held => {
      const note = readTextFile(file);
      return { what: file, note, size: requireCheckpoint(note, file, { vkey }).size };
    });
    held.sort((one, other) => one.size - other.size);
    if (log === undefined) return comparePairs(session, options, held);
    return compareWithLog(session, options, held);
  },
});

/** Without the log only what has one size can be told apart. */
async function comparePairs(
  session: Session,
  options: CompareOptions,
  held: readonly Held[],
): Promise<ExitCode> {
  const found: Found[] = [];
  for (const [index, other] of held.slice(1).entries()) {
    const one = held[index];
    if (one === undefined) continue;
    const comparison = await compareCheckpoints([one.note, other.note], options.vkey);
    found.push({ one: one.what, other: other.what, kind: comparison.kind });
    if (comparison.kind === 'forked') return report(session, options, found, comparison);
  }
  const exitCode = report(session, options, found);
  if (found.some(({ kind }) => kind === 'unproven'))
    throw new CliError('checkpoints of two sizes are compared by the log between them', {
      fix: 'give --log with the URL of the log',
    });
  return exitCode;
}

/** All are held against the newest that the log shows, and against each other where they have one size. */
async function compareWithLog(
  session: Session,
  options: CompareOptions,
  held: readonly Held[],
): Promise<ExitCode> {
  const { vkey } = options;
  const log = openLog(session, options.log);
  const note = await log.readCheckpoint();
  const { size } = requireCheckpoint(note, log.url, { vkey });
  const hashAt = readTileTree(size, log.readTile);
  const found: Found[] = [];
  for (const one of held) {
    const twin = held.find((other) => other !== one && other.size === one.size);
    const other = one.size > size ? twin : { what: log.url, note };
    const comparison =
      other === undefined ? undefined : await compareCheckpoints([one.note, other.note], vkey, hashAt);
    const isBehind = comparison === undefined || (one.size > size && comparison.kind === 'consistent');
    const kind = isBehind ? 'behind' : comparison.kind;
    found.push({ one: one.what, other: other?.what ?? log.url, kind });
    if (comparison?.kind === 'forked') return report(session, options, found, comparison);
  }
  return report(session, options, found);
}

const words: Readonly<Record<Found['kind'], string>> = {
  consistent: 'is the start of, or the same as',
  forked: 'CONTRADICTS',
  unproven: 'has another size than',
  log_mismatch: 'cannot be judged: the log does not show what it signed, at',
  behind: 'covers more than is there any more: the ledger was rolled back, or this is a stale view, at',
};

function report(
  session: Session,
  { out }: CompareOptions,
  found: readonly Found[],
  forked?: Extract<Comparison, { kind: 'forked' }>,
): ExitCode {
  if (session.json) session.print.item({ found, evidence: forked === undefined ? null : out }, []);
  else for (const { one, other, kind } of found) session.print.text(`${one} ${words[kind]} ${other}`);
  if (forked !== undefined) keepEvidence(session, out, forked.evidence);
  const isGood = found.every(({ kind }) => kind === 'consistent' || kind === 'unproven');
  return isGood ? exitCodes.done : exitCodes.verificationFailed;
}
