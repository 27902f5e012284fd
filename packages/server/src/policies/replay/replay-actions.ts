import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { describeShown, findRecords, recordRead, type StoredRecord } from '../../ledger/index.ts';
import type { Actor } from '../../people/index.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { complaintAnswer } from '../show-bundle.ts';
import type { Candidate } from './candidate.ts';
import { judge } from './judge.ts';
import { type ReplayContext, RequestRebuilder } from './rebuild-request.ts';
import { decisionBody, readEffect } from './recorded-decision.ts';

const effect = z.enum(['allow', 'step_up', 'deny']);
const replayedAction = z.object({
  action: z.string(),
  record: z.string().describe('The decision'),
  at: z.number().int().describe('Epoch milliseconds'),
  tool: z.string().describe('<upstream>/<tool>, or <upstream>/@<operation>'),
  was: z.object({ effect, by: z.string(), policies: z.array(z.string()) }),
  is: z
    .object({ effect, policies: z.array(z.string()) })
    .nullable()
    .describe('Null where it cannot be repeated'),
  isChanged: z.boolean(),
  afterChange: z
    .boolean()
    .describe('An earlier action ends otherwise: this one might not have come to be asked for'),
  notRebuilt: z.string().optional().describe('Why it cannot be repeated'),
});

type ReplayedAction = z.infer<typeof replayedAction>;

/** What a bundle makes of the actions of something. */
export const replayedActions = {
  against: z.string().describe('The version that is asked'),
  actions: z.array(replayedAction),
  changed: z.number().int(),
  truncated: z.boolean().describe('More was done than was looked at'),
  warnings: z.array(complaintAnswer),
};

/** The decisions of something, and the intents they are about, the oldest first. */
export interface RecordedActions {
  readonly decisions: readonly StoredRecord[];
  readonly intents: readonly StoredRecord[];
  /** There were more than are looked at. */
  readonly isCut: boolean;
}

const recordsPerRead = 500;
const mostActions = 2_000;
/** Calls are served in between. */
const turnMs = 4;

export async function readActions(
  context: ReplayContext,
  of: { readonly task: string } | { readonly session: string },
): Promise<RecordedActions> {
  const [decisions, intents] = await Promise.all([
    readOldestFirst(context, of, 'action.decision'),
    readOldestFirst(context, of, 'action.intent'),
  ]);
  const isCut = decisions.isCut || intents.isCut;
  return { decisions: decisions.records, intents: intents.records, isCut };
}

/** Decides each again as it was asked then, in order. Nothing is done or counted; that they were read is recorded first. */
export async function replayActions(
  context: ReplayContext,
  actor: Actor,
  asked: {
    readonly candidate: Candidate;
    readonly recorded: RecordedActions;
    /** As the record of the reading says it. */
    readonly selection: Readonly<Record<string, string>>;
  },
) {
  const { recorded, selection } = asked;
  const { bundle, warnings } = asked.candidate;
  const shown = describeShown([...recorded.decisions, ...recorded.intents]);
  await recordRead(context, actor, { how: 'replay', selection, shown });
  const actions = await replayInOrder(context, bundle, recorded);
  return {
    ...{ against: bundle.version, actions, truncated: recorded.isCut, warnings: [...warnings] },
    changed: actions.filter(({ isChanged }) => isChanged).length,
  };
}

async function replayInOrder(
  context: ReplayContext,
  bundle: LiveBundle,
  { decisions, intents }: RecordedActions,
): Promise<ReplayedAction[]> {
  const byId = new Map(intents.map((intent) => [intent.id, intent]));
  const rebuilder = new RequestRebuilder(context);
  const actions: ReplayedAction[] = [];
  let hasChanged = false;
  let turn = context.platform.now();
  for (const decision of decisions) {
    const intent = byId.get(decision.causes[0] ?? '');
    const judged = await judgeAgain(context, bundle, rebuilder, { decision, intent });
    const action = { ...describeWas(decision, intent), ...judged };
    const isChanged = action.is !== null && action.is.effect !== action.was.effect;
    actions.push({ ...action, isChanged, afterChange: hasChanged });
    hasChanged ||= isChanged;
    if (context.platform.now() - turn < turnMs) continue;
    await setImmediate();
    turn = context.platform.now();
  }
  return actions;
}

async function judgeAgain(
  context: ReplayContext,
  bundle: LiveBundle,
  rebuilder: RequestRebuilder,
  { decision, intent }: { readonly decision: StoredRecord; readonly intent: StoredRecord | undefined },
): Promise<Pick<ReplayedAction, 'is' | 'notRebuilt'>> {
  if (intent === undefined) return { is: null, notRebuilt: 'unreadable' };
  const rebuilt = await rebuilder.rebuild({ decision, intent });
  if (!rebuilt.ok) return { is: null, notRebuilt: rebuilt.reason };
  // What was delegated was exceeded, whatever policy says.
  if (rebuilt.body.decidedBy === 'limits') return { is: { effect: 'deny', policies: [] } };
  const judged = judge(context.config, bundle, rebuilt.request);
  if (!judged.ok) return { is: null, notRebuilt: `unknown: ${judged.unknown}` };
  return { is: { effect: judged.effect, policies: [...judged.policies] } };
}

function describeWas(
  { action = '', at, body, id, upstream = '' }: StoredRecord,
  intent: StoredRecord | undefined,
): Pick<ReplayedAction, 'action' | 'record' | 'at' | 'tool' | 'was'> {
  const decided = decisionBody.safeParse(body);
  const operation = String(intent?.body?.operation ?? 'unknown');
  return {
    ...{ action, record: id, at, tool: `${upstream}/${intent?.tool ?? `@${operation}`}` },
    was: decided.success
      ? { effect: readEffect(decided.data), by: decided.data.decidedBy, policies: decided.data.policies }
      : { effect: 'deny', by: 'unreadable', policies: [] },
  };
}

async function readOldestFirst(
  context: ReplayContext,
  of: { readonly task: string } | { readonly session: string },
  kind: 'action.decision' | 'action.intent',
): Promise<{ readonly records: readonly StoredRecord[]; readonly isCut: boolean }> {
  const records: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const place = cursor === undefined ? {} : { cursor };
    const page = await findRecords(context, { ...of, kind, limit: recordsPerRead, ...place });
    records.push(...page.items);
    if (page.next === null) return { records: records.reverse(), isCut: false };
    cursor = page.next;
  } while (records.length < mostActions);
  return { records: records.reverse(), isCut: true };
}
