import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { describeShown, findRecords, recordRead, type StoredRecord } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { loadRecordedTask } from '../../tasks/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { policyFiles } from '../bundle/bundle-input.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { bundleVersion } from '../get-bundle.ts';
import { complaintAnswer } from '../show-bundle.ts';
import { compileCandidate, restoreCandidate } from './candidate.ts';
import { judge } from './judge.ts';
import { type ReplayContext, RequestRebuilder } from './rebuild-request.ts';
import { decisionBody, readEffect } from './recorded-decision.ts';

const task = idSchema('tsk').describe('Its actions are asked about, in the order in which they came');
export const replayTaskInput = z.union([
  z.strictObject({ task, files: policyFiles }),
  z.strictObject({ task, version: bundleVersion }),
]);

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
    .describe('An earlier action of the task ends otherwise: this one might not have come to be asked for'),
  notRebuilt: z.string().optional().describe('Why it cannot be repeated'),
});
export const replayTaskAnswer = z.object({
  task: z.string(),
  against: z.string().describe('The version that is asked'),
  actions: z.array(replayedAction),
  changed: z.number().int(),
  truncated: z.boolean().describe('The task did more than was looked at'),
  warnings: z.array(complaintAnswer),
});

type ReplayTaskAnswer = z.infer<typeof replayTaskAnswer>;
type ReplayedAction = z.infer<typeof replayedAction>;

const recordsPerRead = 500;
const mostActions = 2_000;
/** Calls are served in between. */
const turnMs = 4;

/**
 * One task again, action by action, with what it had done and read by then, under other policies or those of today. Nothing
 * is done or counted; that it was read is recorded. Throws `task.not_found`, `policy.invalid`, `policy.not_found`.
 */
export async function replayTask(
  context: ReplayContext,
  actor: Actor,
  input: z.input<typeof replayTaskInput>,
): Promise<ReplayTaskAnswer> {
  requirePermission(actor, 'policies.read');
  requirePermission(actor, 'ledger.read');
  const given = replayTaskInput.parse(input);
  await loadRecordedTask(context.store.sql, given.task);
  const { bundle, warnings } =
    'files' in given
      ? await compileCandidate(context, given.files)
      : await restoreCandidate(context, given.version);
  const [decisions, intents] = await Promise.all([
    readOldestFirst(context, given.task, 'action.decision'),
    readOldestFirst(context, given.task, 'action.intent'),
  ]);
  await recordRead(context, actor, {
    how: 'replay',
    selection: { task: given.task },
    shown: describeShown([...decisions.records, ...intents.records]),
  });
  const actions = await replayInOrder(context, bundle, decisions.records, intents.records);
  return {
    task: given.task,
    against: bundle.version,
    actions,
    changed: actions.filter(({ isChanged }) => isChanged).length,
    truncated: decisions.isCut || intents.isCut,
    warnings: [...warnings],
  };
}

async function replayInOrder(
  context: ReplayContext,
  bundle: LiveBundle,
  decisions: readonly StoredRecord[],
  intents: readonly StoredRecord[],
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
  taskId: string,
  kind: 'action.decision' | 'action.intent',
): Promise<{ readonly records: readonly StoredRecord[]; readonly isCut: boolean }> {
  const records: StoredRecord[] = [];
  let cursor: number | undefined;
  do {
    const place = cursor === undefined ? {} : { cursor };
    const page = await findRecords(context, { task: taskId, kind, limit: recordsPerRead, ...place });
    records.push(...page.items);
    if (page.next === null) return { records: records.reverse(), isCut: false };
    cursor = Number(page.next);
  } while (records.length < mostActions);
  return { records: records.reverse(), isCut: true };
}
