import type { Context } from '../../context.ts';
import { createReceiptListPublisher } from './publish-receipt-list.ts';

export interface IssuedReceipt {
  /** SD-JWT VC. */
  readonly receipt: string;
  /** The signed list that its status is in, as of now. */
  readonly status: string;
}

const approvalsPerRead = 500;

/** Every receipt that was issued for these approvals, for the server's own use: nobody is asked whether they may read them. */
export async function listReceipts(
  context: Pick<Context, 'platform' | 'receipts' | 'store'>,
  approvals: readonly string[],
): Promise<readonly IssuedReceipt[]> {
  const publish = createReceiptListPublisher(context);
  const found: IssuedReceipt[] = [];
  for (let start = 0; start < approvals.length; start += approvalsPerRead) {
    const rows = await context.store.sql
      .selectFrom('approval_receipts')
      .select(['credential', 'list'])
      .where('approval_id', 'in', approvals.slice(start, start + approvalsPerRead))
      .orderBy('number')
      .execute();
    for (const { credential, list } of rows) found.push({ receipt: credential, status: await publish(list) });
  }
  return found;
}
