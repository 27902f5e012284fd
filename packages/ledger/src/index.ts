export { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from './base64.ts';
export { canonicalJson } from './canonical-json.ts';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
export {
  type DrillReportVerdict,
  digestDrillReport,
  signDrillReport,
  verifyDrillReport,
} from './drill-report.ts';
export { commitPayload, encodeEntry, isEntryName, type LedgerEntry, parseEntry, saltBytes } from './entry.ts';
export {
  type ExportEnd,
  type ExportHeader,
  type ExportLine,
  type ExportRecord,
  exportFormat,
  formatExportEnd,
  formatExportHeader,
  formatExportRecord,
  parseExportLine,
} from './export-format.ts';
export { type ExportReport, type Finding, type FindingCode, findingCodes } from './export-report.ts';
export { listPeaks, MerkleFrontier, type NodeListener } from './merkle-frontier.ts';
export {
  computeRoot,
  type HashAt,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';
export {
  type NoteSignature,
  type NoteSigner,
  type NoteVerdict,
  type ParsedNote,
  parseNote,
  signNote,
  verifyNote,
} from './note.ts';
export { maximumLineLength, readLines } from './read-lines.ts';
export type { ReceiptStatus } from './receipt/read-receipt-status.ts';
export { encodeDisclosure } from './receipt/read-sd-jwt.ts';
export { type ReceiptClaims, type ReceiptVote, receiptType } from './receipt/receipt-claims.ts';
export {
  type ReceiptFinding,
  type ReceiptVerdict,
  type VerifyReceiptOptions,
  verifyReceipt,
} from './receipt/verify-receipt.ts';
export { digestReviewReport, signReviewReport, verifyReviewReport } from './review-report.ts';
export type { ReportVerdict } from './signed-report.ts';
export { equalBytes, hashEmptyTree, hashLeaf, hashNode } from './tree-hash.ts';
export {
  createVerifierKey,
  formatVerifierKey,
  isKeyName,
  parseVerifierKey,
  type VerifierKey,
} from './verifier-key.ts';
export { type VerifyExportOptions, verifyExport } from './verify-export.ts';
