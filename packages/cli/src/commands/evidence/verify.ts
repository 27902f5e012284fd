import { existsSync } from 'node:fs';
import {
  type EvidenceFileVerdict,
  type EvidenceReportVerdict,
  verifyEvidenceFile,
  verifyEvidenceReport,
} from '@countersign/ledger';
import { defineReportVerification } from '../../define-report-verification.ts';
import { readFileBytes, readTextFile } from '../../parse-options.ts';

export const verifyReport = defineReportVerification<EvidenceReportVerdict | EvidenceFileVerdict>({
  of: 'evidence, or its signature is not beside it (<file>.sig)',
  verify: verifyEvidenceReport,
  verifyFile: (path, vkey) =>
    existsSync(`${path}.sig`)
      ? verifyEvidenceFile(readFileBytes(path), readTextFile(`${path}.sig`), vkey)
      : undefined,
  describe: (verdict) =>
    'file' in verdict
      ? `verified: exactly this file was signed as a form of report ${verdict.file?.report}, whose proofs are in its JSON`
      : `verified: signed, and all ${verdict.proven} records are in the tree of its checkpoint`,
  example: 'evidence verify evidence.json --vkey countersign-ledger/…',
});
