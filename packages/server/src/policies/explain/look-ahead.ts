import { describeRequest } from '../decide/describe-request.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { restoreCandidate } from '../replay/candidate.ts';
import { judge } from '../replay/judge.ts';
import type { ReplayContext } from '../replay/rebuild-request.ts';
import type { RecordedDecision } from '../replay/recorded-decision.ts';
import { replayRecords } from '../replay/replay-records.ts';
import { writePolicy } from './cedar-text.ts';
import type { Explanation } from './explanation.ts';
import { type ProposedChange, proposeChanges } from './propose-changes.ts';

const DAY_MS = 86_400_000;

/** On what changes are tried, and for how long. */
export interface TrialRange {
  readonly days: number;
  readonly seconds: number;
}

type Future = Pick<Explanation, 'now' | 'changes' | 'tried'>;

/** What the bundle in force says, and what would have to change in it. */
export async function lookAhead(
  context: ReplayContext,
  { decision }: RecordedDecision,
  request: DecisionRequest,
  { days, seconds }: TrialRange,
): Promise<Partial<Future>> {
  const { live } = context.policies;
  const told = describeRequest(request);
  if (live === null || told === undefined) return {};
  const judged = judge(context.config, live, request);
  if (!judged.ok) return {};
  const now = { version: live.version, effect: judged.effect };
  if (judged.effect === 'allow') return { now };
  const { files } = await restoreCandidate(context, 'active');
  const changes = await proposeChanges(context, {
    ...{ request, told, live, files, seconds },
    record: decision.id,
  });
  if (days === 0 || changes.length === 0)
    return { now, changes: changes.map((change) => showChange(change, null)) };
  const from = context.platform.now() - days * DAY_MS;
  const candidates = changes.map(({ bundle }) => bundle);
  const replayed = await replayRecords(context, { from, seconds, against: live, candidates });
  const shown = changes.map((change, index) => showChange(change, replayed.tallies[index]?.read() ?? null));
  return {
    now,
    changes: shown.toSorted((a, b) => countOpened(a) - countOpened(b)),
    tried: {
      decisions: replayed.decisions,
      from: replayed.reachedAt,
      isComplete: replayed.next === null,
    },
  };
}

function countOpened({ opens }: Explanation['changes'][number]): number {
  return opens === null ? 0 : opens.newlyAllowed + opens.newlyAsking;
}

function showChange(
  { summary, edits, added }: ProposedChange,
  opens: Explanation['changes'][number]['opens'],
): Explanation['changes'][number] {
  return {
    summary,
    policies: edits.map(({ policy, json }) => ({
      id: policy.id,
      file: policy.source.file.name,
      before: writePolicy(policy.json),
      after: writePolicy(json),
    })),
    added,
    opens,
  };
}
