import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeSubject } from '../describe-subject.ts';
import { noteNews } from '../notices/index.ts';
import type { StoredApproval } from '../read-approval.ts';
import { type GlassRow, listOverdue, offersGlass, reviewMilliseconds } from './glass-row.ts';

interface Settling {
  readonly approval: StoredApproval;
  readonly glass: GlassRow | undefined;
  /** Of the vote. */
  readonly record: string;
  readonly at: number;
}

/** Records that one person let it through alone, tells everybody, and opens the review. Returns the record, if any. */
export async function settleGlass(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  actor: Actor & { kind: 'person' },
  { approval, glass, record: vote, at }: Settling,
): Promise<readonly string[]> {
  if (glass === undefined) return [];
  if (!offersGlass(approval)) throw new AppError('approval.glass_not_offered');
  const overdue = await listOverdue(tx.sql, at, actor.person);
  if (overdue.length > 0) throw new AppError('approval.glass_review_overdue');
  const record = context.platform.newId('rec');
  const reviewDueAt = at + reviewMilliseconds;
  const broken = await tx.sql
    .updateTable('approval_glass')
    .set({ person_id: actor.person, broken_at: at, review_due_at: reviewDueAt, record })
    .where('id', '=', glass.id)
    .where('broken_at', 'is', null)
    .executeTakeFirst();
  if (broken.numUpdatedRows !== 1n) throw new AppError('approval.already_decided');
  tx.record({
    ...describeSubject(approval),
    id: record,
    kind: 'approval.glass_broken',
    at,
    causes: [vote],
    person: actor.person,
    body: {
      ...{ glass: glass.id, reason: glass.reason, reviewDueAt },
      ...{ actionDigest: approval.actionDigest, digest: glass.digest },
    },
  });
  await noteNews(context, tx, approval, 'glass_broken');
  return [record];
}
