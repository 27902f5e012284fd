import { type RecordProofVerdict, verifyRecordProof } from '../proof/record-proof.ts';
import type { VerifyCheckpointOptions } from '../proof/verify-checkpoint.ts';
import type { ReceiptClaims } from './receipt-claims.ts';

export interface ReceiptProofVerdict extends Omit<RecordProofVerdict, 'finding'> {
  /** `another_record`: the proof is of a record that the receipt does not name, or says another thing of. */
  readonly finding: RecordProofVerdict['finding'] | 'another_record';
}

const kinds = { approved: 'approval.granted', denied: 'approval.denied' } as const;

/**
 * Whether the log holds the record of the decision that a verified receipt names: of this kind and time. The proof is hostile
 * text. Never throws.
 */
export function verifyReceiptProof(
  text: string,
  { approval }: Pick<ReceiptClaims, 'approval'>,
  options: VerifyCheckpointOptions,
): ReceiptProofVerdict {
  const verdict = verifyRecordProof(text, options);
  const { entry } = verdict;
  if (entry === null) return verdict;
  const { id, kind, at } = entry;
  const isIt = id === approval.record && kind === kinds[approval.outcome] && at === approval.decidedAt;
  return isIt ? verdict : { ...verdict, finding: 'another_record', entry: null };
}
