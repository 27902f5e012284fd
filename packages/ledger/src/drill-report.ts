import type { NoteSigner } from './note.ts';
import { digestReport, type ReportVerdict, signReport, verifyReport } from './signed-report.ts';

const purpose = 'countersign drill report 1';

/** SHA-256, base64, of the canonical report (RFC 8785). */
export function digestDrillReport(report: unknown): string {
  return digestReport(report);
}

/** C2SP signed note that binds the report's digest to the ledger's key. */
export function signDrillReport(report: unknown, signer: NoteSigner): string {
  return signReport(purpose, report, signer);
}

export interface DrillReportVerdict extends Omit<ReportVerdict, 'report'> {
  /** Whether all drills were contained, as far as the report is valid. */
  readonly passed: boolean;
}

/** Checks a signed report, which is hostile text, offline. `vkey` is the ledger's verifier key, known from elsewhere. Never throws. */
export function verifyDrillReport(text: string, vkey?: string): DrillReportVerdict {
  const { report, ...verdict } = verifyReport(purpose, text, vkey);
  return { ...verdict, passed: report?.passed === true };
}
