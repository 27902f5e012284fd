import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { denyApproval, denyInput } from '../deny-approval.ts';
import { loadApproval } from '../load-approval.ts';
import type { DecidedGroup } from './approve-group.ts';
import { groupMembers } from './group-input.ts';

export const denyGroupInput = z.strictObject({
  groupId: z.string(),
  members: groupMembers,
  reason: denyInput.shape.reason,
});

/** A person's no to each of the listed requests, with one reason for all. Throws `approval.group_changed` when none is left. */
export async function denyGroup(
  context: Context,
  actor: Actor,
  input: z.input<typeof denyGroupInput>,
): Promise<DecidedGroup> {
  requirePermission(actor, 'approvals.decide');
  const { groupId, members, reason } = denyGroupInput.parse(input);
  const decided: { id: string; state: string }[] = [];
  const leftOut: { id: string; code: string }[] = [];
  for (const { id } of members) {
    try {
      const approval = await loadApproval(context.store, id);
      if (approval.groupId !== groupId) throw new AppError('approval.not_found');
      const { state } = await denyApproval(context, actor, { approvalId: id, reason });
      decided.push({ id, state });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      leftOut.push({ id, code: error.code });
    }
  }
  if (decided.length === 0) throw new AppError('approval.group_changed');
  return { decided, leftOut };
}
