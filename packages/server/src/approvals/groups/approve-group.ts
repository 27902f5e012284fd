import { AppError } from '@countersign/api';
import { readGrant } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  type Actor,
  assertionInput,
  requireOwnPasskey,
  requirePermission,
  verifySignature,
} from '../../people/index.ts';
import type { Approval } from '../approval-state.ts';
import { countVote } from '../cast-vote.ts';
import { loadApproval } from '../load-approval.ts';
import { requireAsShown } from '../require-as-shown.ts';
import { requireDecider } from '../require-decider.ts';
import { requireVisible } from '../require-visible.ts';
import { groupMembers, signGroup } from './group-input.ts';

export const approveGroupInput = z.strictObject({
  groupId: z.string(),
  members: groupMembers,
  assertion: assertionInput,
});

export const decidedGroupSchema = z.object({
  decided: z.array(z.object({ id: z.string(), state: z.string() })).readonly(),
  leftOut: z
    .array(z.object({ id: z.string(), code: z.string() }))
    .readonly()
    .describe('What was decided, had expired or was no longer as shown'),
});

export type DecidedGroup = z.infer<typeof decidedGroupSchema>;

type Approving = Pick<
  Context,
  'approvals' | 'config' | 'platform' | 'receipts' | 'store' | 'tasks' | 'upstreams'
>;

/**
 * A person's yes to exactly the listed requests, by one signature over the digests of all of them: each keeps the list and
 * the signature and is approved, or left out and named where it is not as it was shown any more. Throws
 * `person.passkey_refused`, `approval.group_changed` when none of them is left.
 */
export async function approveGroup(
  context: Approving,
  actor: Actor,
  input: z.input<typeof approveGroupInput>,
): Promise<DecidedGroup> {
  requirePermission(actor, 'approvals.decide');
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible');
  const { groupId, members, assertion } = approveGroupInput.parse(input);
  const { text, digest } = signGroup(members);
  const row = await requireOwnPasskey(context.store.sql, actor.person, assertion);
  const signature = await verifySignature(row, assertion, digest, context.config.server.publicUrl);
  return context.store.transaction(async (tx) => {
    const decided: Approval[] = [];
    const leftOut: { id: string; code: string }[] = [];
    for (const { id, actionDigest } of members) {
      try {
        const asked = await loadApproval(tx, id);
        requireVisible(actor, asked);
        requireDecider(actor, asked);
        if (asked.groupId !== groupId || asked.actionDigest !== actionDigest)
          throw new AppError('approval.digest_mismatch');
        // The group's page shows neither.
        if (asked.drill !== null && asked.checkPersonId === null) throw new AppError('approval.is_drill');
        if (readGrant(asked.signedAction) !== undefined) throw new AppError('approval.digest_mismatch');
        requireAsShown(asked);
        const group = { text, isCounted: decided.length > 0 };
        decided.push(
          await countVote(context, tx, actor, {
            approvalId: id,
            choice: 'approve',
            reason: null,
            signature,
            group,
          }),
        );
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'person.passkey_refused') throw error;
        leftOut.push({ id, code: error.code });
      }
    }
    if (decided.length === 0) throw new AppError('approval.group_changed');
    return { decided: decided.map(({ id, state }) => ({ id, state })), leftOut };
  });
}
