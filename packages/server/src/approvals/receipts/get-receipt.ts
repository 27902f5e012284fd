import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import { recordRead } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { selectVisible } from '../require-visible.ts';

export interface KeptReceipt {
  readonly approvalId: string;
  /** The SD-JWT VC, with everything that may be left out. */
  readonly receipt: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

/** The receipt of the latest decision. Throws `approval.not_found`, `approval.not_decided`. */
export async function getReceipt(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  approvalId: string,
): Promise<KeptReceipt> {
  requirePermission(actor, 'approvals.read');
  if (!isId('apr', approvalId)) throw new AppError('approval.not_found');
  const row = await context.store.sql
    .selectFrom('approval_receipts')
    .select(['credential', 'issued_at'])
    .where('approval_id', '=', approvalId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  // Of an erased approval nothing is left but its place in the status list.
  if (row?.credential === '') throw new AppError('approval.not_found');
  if (row !== undefined) {
    await recordRead(context, actor, { how: 'receipt', selection: { approval: approvalId } });
    return { approvalId, receipt: row.credential, issuedAt: row.issued_at };
  }
  const approval = await context.store.sql
    .selectFrom('approvals')
    .select('id')
    .where('id', '=', approvalId)
    .where((where) => where.or(selectVisible(where, actor)))
    .executeTakeFirst();
  throw new AppError(approval === undefined ? 'approval.not_found' : 'approval.not_decided');
}
