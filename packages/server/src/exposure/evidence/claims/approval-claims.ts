import type { Claim } from './claim.ts';
import { countRecords, objectTo, readText } from './count-records.ts';

/** What people were asked, and how they decided. */
export const approvalClaims: readonly Claim[] = [
  countRecords({
    id: 'approvals-signed',
    sentence: 'People approve exact actions, each by a signature of their passkey.',
    kinds: ['approval.voted'],
    where: (record) => readText(record, 'choice') === 'approve',
    counted: 'votes that approve',
    against: (records) =>
      objectTo(
        records,
        (record) => readText(record, 'credentialId') === '',
        'approving votes without a passkey',
      ),
  }),
  countRecords({
    id: 'approvals-withheld',
    sentence: 'What people do not approve does not happen.',
    kinds: ['approval.denied', 'approval.expired', 'approval.cancelled'],
    counted: 'requests that were denied, ran out or were withdrawn',
  }),
  countRecords({
    id: 'approvals-escalated',
    sentence: 'What nobody decides in time is passed on to others.',
    kinds: ['approval.escalated', 'approval.extended'],
    counted: 'escalations and extensions',
  }),
  countRecords({
    id: 'approvals-regretted',
    sentence: 'People say afterwards when they should have decided otherwise.',
    kinds: ['approval.regretted'],
    counted: 'decisions that were regretted',
  }),
  countRecords({
    id: 'attention-checked',
    sentence: 'It is tried whether people read what they approve.',
    kinds: ['approval.check_sent', 'approval.check_answered'],
    counted: 'checks sent and answered',
  }),
  countRecords({
    id: 'glass-reviewed',
    sentence: 'What one person let through alone is reviewed by others.',
    kinds: ['approval.glass_broken', 'approval.glass_reviewed'],
    counted: 'emergencies and reviews of them',
    against(records) {
      const reviewed = new Set(
        records.filter(({ kind }) => kind === 'approval.glass_reviewed').flatMap(({ causes }) => causes),
      );
      return objectTo(
        records,
        ({ id, kind }) => kind === 'approval.glass_broken' && !reviewed.has(id),
        'emergencies that nobody has reviewed in the period',
      );
    },
  }),
  countRecords({
    id: 'receipts-issued',
    sentence: 'Receipts show others that people agreed.',
    kinds: ['approval.receipt_issued'],
    counted: 'receipts',
  }),
  countRecords({
    id: 'reviews-decided',
    sentence: 'What agents may do is reviewed against what they did.',
    kinds: ['review.closed', 'review.decided'],
    counted: 'reviews closed and items decided',
  }),
];
