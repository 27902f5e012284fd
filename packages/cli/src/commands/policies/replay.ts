import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { parseDuration } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type Complaint, describeComplaint } from './bundle.ts';
import { isWhole, printActions, type ReplayedActions, readCandidate } from './replayed-actions.ts';
import { addTallies, type Change, type Tally, tallyColumns } from './tally.ts';

interface ReplayOptions {
  readonly since: number;
  readonly session?: string;
  readonly of?: string;
  readonly bundle: string;
  readonly failOn?: readonly Change[];
  readonly timeLimit: number;
}

interface Replay extends Tally {
  readonly from: number;
  readonly until: number;
  readonly reachedAt: number;
  readonly decisions: number;
  readonly byLimits: number;
  readonly notRebuilt: Readonly<Record<string, number>>;
  readonly next: string | null;
  readonly warnings: readonly Complaint[];
}

const CHANGES: Readonly<Record<string, Change>> = {
  'newly-allowed': 'newlyAllowed',
  'newly-denied': 'newlyDenied',
  'newly-asking': 'newlyAsking',
};
const ENDS = { newlyAllowed: 'allow', newlyDenied: 'deny', newlyAsking: 'step_up' } as const;
const SLICE_SECONDS = 10;

export const replayPolicies = defineCommand<ReplayOptions>({
  usage: 'replay',
  summary: 'what other policies would have decided of the actions that were recorded; changes nothing',
  options: [
    { flags: '--since <age>', summary: 'how far back', parse: parseDuration, initial: 604_800 },
    {
      flags: '--bundle <bundle>',
      summary: 'a folder or file, a stored version, or active',
      initial: 'active',
    },
    {
      flags: '--session <name>',
      summary: 'one session, by the name that its client has for it, action by action',
    },
    {
      flags: '--of <id>',
      summary: 'the agent or enforcement point whose session it is, where several have it',
    },
    {
      flags: '--fail-on <changes>',
      summary: 'end with exit code 4 for newly-allowed, newly-denied or newly-asking, comma-separated',
      parse: parseChanges,
    },
    { flags: '--time-limit <age>', summary: 'stop after it', parse: parseDuration, initial: 600 },
  ],
  examples: [
    'policies replay --since 7d --bundle policies/',
    'policies replay --bundle pol_… --fail-on newly-allowed,newly-denied',
    'policies replay --session 01a2… --bundle policies/',
  ],
  async run(session, { session: name, of, since, bundle, failOn = [], timeLimit }) {
    if (name !== undefined) return replaySession(session, { name, of, bundle, failOn });
    if (of !== undefined) throw new CliError('--of says whose --session is meant');
    const replay = await replayAll(session, { since, bundle, timeLimit });
    if (session.json) session.print.item(replay, []);
    else printReplay(session, replay);
    return judge(replay, failOn);
  },
});

async function replaySession(
  session: Session,
  {
    name,
    of,
    bundle,
    failOn,
  }: {
    readonly name: string;
    readonly of: string | undefined;
    readonly bundle: string;
    readonly failOn: readonly Change[];
  },
): Promise<ExitCode> {
  const whose = { session: name, ...(of === undefined ? {} : { of }) };
  const replayed = await session
    .api()
    .send<ReplayedActions>('POST', '/v1/policies/replay/session', { ...whose, ...readCandidate(bundle) });
  printActions(session, replayed);
  if (failOn.length === 0) return exitCodes.done;
  const isChanged = replayed.actions.some(
    ({ is, isChanged }) => isChanged && failOn.some((change) => ENDS[change] === is?.effect),
  );
  return isChanged || !isWhole(replayed) ? exitCodes.verificationFailed : exitCodes.done;
}

/** In slices, so that the server answers others in between, and the newest come first. */
async function replayAll(
  session: Session,
  { since, bundle, timeLimit }: Pick<ReplayOptions, 'since' | 'bundle' | 'timeLimit'>,
): Promise<Replay> {
  const range = { ...readCandidate(bundle), sinceSeconds: since, seconds: SLICE_SECONDS };
  const ask = (more: object) =>
    session.api().send<Replay>('POST', '/v1/policies/replay', { ...range, ...more });
  const started = Date.now();
  let replay = await ask({});
  for (const warning of replay.warnings) session.print.note(describeComplaint(warning));
  while (replay.next !== null && Date.now() - started < timeLimit * 1000) {
    session.print.note(`${replay.decisions} decisions, back to ${new Date(replay.reachedAt).toISOString()}`);
    replay = addReplays(replay, await ask({ before: replay.next, until: replay.until }));
  }
  return replay;
}

function addReplays(one: Replay, other: Replay): Replay {
  const notRebuilt = new Map(Object.entries(one.notRebuilt));
  for (const [reason, count] of Object.entries(other.notRebuilt))
    notRebuilt.set(reason, (notRebuilt.get(reason) ?? 0) + count);
  return {
    ...addTallies(one, other),
    decisions: one.decisions + other.decisions,
    byLimits: one.byLimits + other.byLimits,
    notRebuilt: Object.fromEntries(notRebuilt),
  };
}

function printReplay(session: Session, replay: Replay): void {
  const { newlyAllowed, newlyDenied, newlyAsking, unchanged, moreRows, byLimits } = replay;
  session.print.rows(replay.rows, tallyColumns, 'nothing would be decided otherwise');
  if (moreRows > 0) session.print.note(`and ${moreRows} more`);
  session.print.text(
    `${newlyAllowed} newly allowed, ${newlyDenied} newly denied, ${newlyAsking} newly asking, ${unchanged} unchanged`,
  );
  if (byLimits > 0)
    session.print.note(`${byLimits} were refused for what was delegated, whatever policy says`);
  for (const [reason, count] of Object.entries(replay.notRebuilt))
    session.print.note(showHonestly(`${count} cannot be repeated: ${reason.replaceAll('_', ' ')}`));
  if (replay.next !== null)
    session.print.note(
      `there was no time for what is older than ${new Date(replay.reachedAt).toISOString()}`,
    );
}

/** What was not looked at proves nothing. */
function judge(replay: Replay, failOn: readonly Change[]): ExitCode {
  const isChanged = failOn.some((change) => replay[change] > 0);
  const isPartial = failOn.length > 0 && replay.next !== null;
  return isChanged || isPartial ? exitCodes.verificationFailed : exitCodes.done;
}

function parseChanges(text: string): readonly Change[] {
  return text.split(',').map((name) => {
    const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
    if (change === undefined) throw new CliError(`${name} is none of ${Object.keys(CHANGES).join(', ')}`);
    return change;
  });
}
