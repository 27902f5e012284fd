import { verifyEvidenceReport } from '@countersign/ledger';
import { defineReportVerification } from '../../define-report-verification.ts';

export const verifyReport = defineReportVerification({
  of: 'evidence',
  verify: verifyEvidenceReport,
  describe: ({ proven }) => `verified: signed, and all ${proven} records are in the tree of its checkpoint`,
  example: 'evidence verify evidence.json --vkey countersign-ledger/…',
});
