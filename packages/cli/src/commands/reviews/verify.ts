import { verifyReviewReport } from '@countersign/ledger';
import { defineReportVerification } from '../../define-report-verification.ts';

export const verifyReport = defineReportVerification({
  of: 'a review',
  verify(text, vkey) {
    const { report: _, ...verdict } = verifyReviewReport(text, vkey);
    return verdict;
  },
  describe: () => 'verified',
  example: 'reviews verify report.json --vkey countersign-ledger/…',
});
