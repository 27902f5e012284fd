import { AppError } from '@countersign/api';
import { formatRecordProof, verifyReceipt } from '@countersign/ledger';
import type { Context } from '../../context.ts';
import { proveRecord } from '../../ledger/index.ts';
import type { Actor } from '../../people/index.ts';
import { getReceipt } from './get-receipt.ts';

export interface ReceiptProof {
  readonly approvalId: string;
  /** C2SP tlog-proof of the record of the decision that the receipt names. */
  readonly proof: string;
  /** Records that its checkpoint covers. */
  readonly size: number;
  /** How many witnesses have cosigned it. */
  readonly cosigned: number;
}

/**
 * That the decision of a receipt is in the ledger, for whoever has the receipt and nothing else. Throws
 * `approval.not_found`, `approval.not_decided`.
 */
export async function getReceiptProof(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  approvalId: string,
): Promise<ReceiptProof> {
  const { receipt } = await getReceipt(context, actor, approvalId);
  const { claims } = verifyReceipt(receipt);
  if (claims === null) throw new AppError('approval.not_decided');
  const { size, cosigned, ...proven } = await proveRecord(context, claims.approval.record);
  return { approvalId, proof: formatRecordProof(proven), size, cosigned };
}
