import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { describeSubject } from '../describe-subject.ts';
import { loadApproval } from '../load-approval.ts';
import { type GlassRow, loadGlass } from './glass-row.ts';

export const reviewGlassInput = z.strictObject({
  finding: z.enum(['justified', 'not_justified']),
  note: plainLine(500),
});

/**
 * Another person's account of what one let through alone. Never by the one who did, nor by the owner or the person for
 * whom the agent acted. Throws `approval.not_eligible`, `approval.already_decided`, `approval.not_found`.
 */
export async function reviewGlass(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id: string,
  input: z.input<typeof reviewGlassInput>,
): Promise<GlassRow> {
  requirePermission(actor, 'approvals.review_glass');
  if (actor.kind !== 'person') throw new AppError('approval.not_eligible', { detail: 'a person reviews it' });
  const { finding, note } = reviewGlassInput.parse(input);
  return context.store.transaction(async (tx) => {
    const row = await loadGlass(tx.sql, id);
    if (row.broken_at === null || row.record === null) throw new AppError('approval.not_found');
    const approval = await loadApproval(tx, row.approval_id);
    const involved = [row.person_id, approval.ownerId, approval.presented.requesterId];
    if (involved.includes(actor.person)) {
      throw new AppError('approval.not_eligible', { detail: 'somebody who had no part in it reviews it' });
    }
    const at = context.platform.now();
    const done = await tx.sql
      .updateTable('approval_glass')
      .set({ reviewed_by: actor.person, reviewed_at: at, finding, note })
      .where('id', '=', id)
      .where('reviewed_at', 'is', null)
      .executeTakeFirst();
    if (done.numUpdatedRows !== 1n) throw new AppError('approval.already_decided');
    tx.record({
      ...describeSubject(approval),
      id: context.platform.newId('rec'),
      kind: 'approval.glass_reviewed',
      at,
      causes: [row.record],
      person: actor.person,
      body: { glass: id, finding, note, isLate: row.review_due_at !== null && at > row.review_due_at },
    });
    return loadGlass(tx.sql, id);
  });
}
