import { verifyDrillReport } from '@countersign/ledger';
import { defineReportVerification } from '../../define-report-verification.ts';

export const verifyReport = defineReportVerification({
  of: 'drills',
  verify: verifyDrillReport,
  describe: ({ passed }) =>
    `verified: ${passed ? 'all drills were contained' : 'NOT all drills were contained'}`,
  example: 'drills verify report.json --vkey countersign-ledger/…',
});
