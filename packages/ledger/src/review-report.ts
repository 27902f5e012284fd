import type { NoteSigner } from './note.ts';
import { digestReport, type ReportVerdict, signReport, verifyReport } from './signed-report.ts';

const purpose = 'countersign access review report 1';

/** SHA-256, base64, of the canonical report (RFC 8785). */
export function digestReviewReport(report: unknown): string {
  return digestReport(report);
}

/** C2SP signed note that binds the report's digest to the ledger's key. */
export function signReviewReport(report: unknown, signer: NoteSigner): string {
  return signReport(purpose, report, signer);
}

/** Checks the signed report of an access review, which is hostile text, offline. Never throws. */
export function verifyReviewReport(text: string, vkey?: string): ReportVerdict {
  return verifyReport(purpose, text, vkey);
}
