import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { describeSubject } from '../describe-subject.ts';
import { loadApproval } from '../load-approval.ts';
import { requireDecider } from '../require-decider.ts';
import { requireVisible } from '../require-visible.ts';

export const regretInput = z.strictObject({
  approvalId: z.string(),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u),
});

/**
 * A person says that their yes was a mistake. Nothing is undone by it: it measures how well people are asked, and the
 * first word counts. Throws `approval.not_eligible` for anybody who did not approve it.
 */
export async function regretApproval(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: unknown,
): Promise<{ readonly id: string; readonly at: number }> {
  const { approvalId, reason } = regretInput.parse(input);
  return context.store.transaction(async (tx) => {
    const approval = await loadApproval(tx, approvalId);
    requireVisible(actor, approval);
    if (approval.drill !== null) throw new AppError('approval.is_drill');
    requireDecider(actor, approval);
    const vote = approval.given.find(
      ({ personId, outcome }) => personId === actor.person && outcome === 'approve',
    );
    if (vote === undefined) throw new AppError('approval.not_eligible');
    const at = context.platform.now();
    const kept = await tx.sql
      .insertInto('approval_regrets')
      .values({ approval_id: approvalId, person_id: actor.person, reason, at })
      .onConflict((row) => row.doNothing())
      .executeTakeFirst();
    if (kept.numInsertedOrUpdatedRows === 1n) {
      tx.record({
        ...describeSubject(approval),
        id: context.platform.newId('rec'),
        kind: 'approval.regretted',
        at,
        causes: [vote.evidence.record],
        person: actor.person,
        body: { reason },
      });
    }
    return { id: approvalId, at };
  });
}
