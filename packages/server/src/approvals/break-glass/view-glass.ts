import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, findDisplayName, hasPermission, requirePermission } from '../../people/index.ts';
import { getApproval, type ViewedApproval } from '../get-approval.ts';
import {
  type GlassRow,
  listInvolved,
  listOverdue,
  loadGlass,
  offersGlass,
  signingMilliseconds,
} from './glass-row.ts';

export interface ViewedGlass extends ViewedApproval {
  readonly row: GlassRow;
  /** Why it cannot be signed by whoever looks; undefined while it can. */
  readonly obstacle: AppError | undefined;
  /** Whether whoever looks may say whether it was justified. */
  readonly mayReview: boolean;
  readonly reviewerName: string | null;
  readonly personName: string | null;
}

/** What one person is to let through alone, and whether whoever looks may. Throws `approval.not_found`. */
export async function viewGlass(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id: string,
): Promise<ViewedGlass> {
  requirePermission(actor, 'approvals.read');
  const row = await loadGlass(context.store.sql, id);
  const viewed = await getApproval(context, actor, row.approval_id);
  const name = (id: string | null) => (id === null ? null : findDisplayName(context, id));
  return {
    ...{ row, ...viewed, obstacle: await findObstacle(context, actor, row, viewed) },
    mayReview: row.broken_at !== null && row.reviewed_at === null && mayReview(actor, row, viewed),
    reviewerName: await name(row.reviewed_by),
    personName: await name(row.person_id),
  };
}

function mayReview(actor: Actor, row: GlassRow, { approval }: ViewedApproval): boolean {
  if (actor.kind !== 'person' || !hasPermission(actor, 'approvals.review_glass')) return false;
  return !listInvolved(row, approval).includes(actor.person);
}

async function findObstacle(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  row: GlassRow,
  { approval, standing }: ViewedApproval,
): Promise<AppError | undefined> {
  const at = platform.now();
  if (row.broken_at !== null || approval.state !== 'requested')
    return new AppError('approval.already_decided');
  if (row.proposed_at + signingMilliseconds <= at) return new AppError('approval.expired');
  if (JSON.parse(row.signed_text).actionDigest !== approval.actionDigest) {
    return new AppError('approval.digest_mismatch');
  }
  if (!offersGlass(approval)) return new AppError('approval.glass_not_offered');
  if (actor.kind !== 'person' || !standing.mayBreakGlass) return new AppError('approval.not_eligible');
  // Who still owes an account of the last emergency starts no other one.
  const overdue = await listOverdue(store.sql, at, actor.person);
  return overdue.length > 0 ? new AppError('approval.glass_review_overdue') : undefined;
}
