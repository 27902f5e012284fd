import { z } from 'zod';
import { type Actor, requirePermission } from '../../people/index.ts';
import { loadRecordedTask } from '../../tasks/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { policyFiles } from '../bundle/bundle-input.ts';
import { bundleVersion } from '../get-bundle.ts';
import { findCandidate } from './candidate.ts';
import type { ReplayContext } from './rebuild-request.ts';
import { readActions, replayActions, replayedActions } from './replay-actions.ts';

const task = idSchema('tsk').describe('Its actions are asked about, in the order in which they came');
export const replayTaskInput = z.union([
  z.strictObject({ task, files: policyFiles }),
  z.strictObject({ task, version: bundleVersion }),
]);

export const replayTaskAnswer = z.object({
  task: z.string(),
  ...replayedActions,
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
  const candidate = await findCandidate(context, given);
  const recorded = await readActions(context, { task: given.task });
  const selection = { task: given.task };
  return { task: given.task, ...(await replayActions(context, actor, { candidate, recorded, selection })) };
}
