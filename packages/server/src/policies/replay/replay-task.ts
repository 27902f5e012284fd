import { z } from 'zod';
import { describeShown, recordRead } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { loadRecordedTask } from '../../tasks/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { policyFiles } from '../bundle/bundle-input.ts';
import { bundleVersion } from '../get-bundle.ts';
import { complaintAnswer } from '../show-bundle.ts';
import { compileCandidate, restoreCandidate } from './candidate.ts';
import type { ReplayContext } from './rebuild-request.ts';
import { readActions, replayedAction, replayInOrder } from './replay-actions.ts';

const task = idSchema('tsk').describe('Its actions are asked about, in the order in which they came');
export const replayTaskInput = z.union([
  z.strictObject({ task, files: policyFiles }),
  z.strictObject({ task, version: bundleVersion }),
]);

export const replayTaskAnswer = z.object({
  task: z.string(),
  against: z.string().describe('The version that is asked'),
  actions: z.array(replayedAction),
  changed: z.number().int(),
  truncated: z.boolean().describe('The task did more than was looked at'),
  warnings: z.array(complaintAnswer),
});

type ReplayTaskAnswer = z.infer<typeof replayTaskAnswer>;
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
  const recorded = await readActions(context, { task: given.task });
  await recordRead(context, actor, {
    how: 'replay',
    selection: { task: given.task },
    shown: describeShown([...recorded.decisions, ...recorded.intents]),
  });
  const actions = await replayInOrder(context, bundle, recorded);
  return {
    task: given.task,
    against: bundle.version,
    actions,
    changed: actions.filter(({ isChanged }) => isChanged).length,
    truncated: recorded.isCut,
    warnings: [...warnings],
  };
}
