import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeSubject } from '../describe-subject.ts';
import type { StoredApproval } from '../read-approval.ts';
import { describeReceipt } from './describe-receipt.ts';
import { choosePlace } from './receipt-lists.ts';
import { receiptListUrl } from './receipt-urls.ts';
import { signReceipt } from './sign-receipt.ts';

interface Decided {
  /** The ledger's record of the decision. */
  readonly record: string;
  readonly outcome: 'approved' | 'denied';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Signs and keeps the receipt of a decision, in the transaction that makes it: there is none without the other. */
export async function issueReceipt(
  context: Pick<Context, 'platform' | 'receipts'>,
  tx: Transaction,
  approval: StoredApproval,
  decided: Decided,
): Promise<void> {
  const { issuer, current } = context.receipts;
  const { number, list, idx } = await choosePlace(context.platform, tx);
  const credential = await signReceipt(context, describeReceipt(approval, decided, issuer), {
    status_list: { idx, uri: receiptListUrl(issuer, list) },
  });
  await tx.sql
    .insertInto('approval_receipts')
    .values({
      ...{ number, list, idx, credential },
      approval_id: approval.id,
      outcome: decided.outcome,
      issued_at: decided.at,
    })
    .execute();
  tx.record({
    ...describeSubject(approval),
    id: context.platform.newId('rec'),
    kind: 'approval.receipt_issued',
    at: decided.at,
    causes: [decided.record],
    body: { digest: sha256(credential), kid: current.kid, outcome: decided.outcome, list, idx },
  });
}
