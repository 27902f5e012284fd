export { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from './base64.ts';
export type { BundleFacts } from './bundle/bundle-facts.ts';
export {
  type BundleCheckpoint,
  type BundleHeader,
  type BundleLine,
  type BundlePolicy,
  type BundleReader,
  type BundleReceipt,
  type BundleRecord,
  type BundleTool,
  bundleFormat,
  formatBundleLine,
  hashesPerLine,
  type WithheldReason,
} from './bundle/bundle-format.ts';
export {
  type BundleFinding,
  type BundleFindingCode,
  type BundleReport,
  bundleFindingCodes,
  type ProvenReceipt,
} from './bundle/bundle-report.ts';
export { digestPolicy, digestTool } from './bundle/check-definitions.ts';
export { type OpenedRecord, openBundleRecord } from './bundle/open-record.ts';
export { parseBundleLine } from './bundle/parse-bundle-line.ts';
export { type VerifyBundleOptions, verifyBundle } from './bundle/verify-bundle.ts';
export {
  type BundleParts,
  type BundleProofs,
  type ChosenRecord,
  digestBundle,
  writeBundle,
} from './bundle/write-bundle.ts';
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
  describeEvidenceFile,
  type EvidenceFile,
  type EvidenceFileVerdict,
  type EvidenceForm,
  evidenceForms,
  signEvidenceFile,
  verifyEvidenceFile,
} from './evidence-file.ts';
export {
  digestEvidenceReport,
  type EvidenceReportVerdict,
  signEvidenceReport,
  verifyEvidenceReport,
} from './evidence-report.ts';
export {
  type ExportEnd,
  type ExportHeader,
  type ExportLine,
  type ExportRecord,
  type ExportWatermark,
  type ExportWithheld,
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
  formatSignatureLine,
  type NoteSignature,
  type NoteSigner,
  type NoteVerdict,
  type ParsedNote,
  parseNote,
  signNote,
  verifyNote,
} from './note.ts';
export { type Comparison, compareCheckpoints } from './proof/compare-checkpoints.ts';
export {
  type ForkEvidence,
  forkFormat,
  formatForkEvidence,
  parseForkEvidence,
  verifyForkEvidence,
} from './proof/fork-evidence.ts';
export { formatRecordProof, type RecordProofVerdict, verifyRecordProof } from './proof/record-proof.ts';
export {
  formatTlogProof,
  parseTlogProof,
  type TlogProof,
  type TlogProofVerdict,
  tlogProofHeader,
  verifyTlogProof,
} from './proof/tlog-proof.ts';
export {
  type CheckpointFinding,
  type CheckpointVerdict,
  judgeWitnesses,
  type VerifyCheckpointOptions,
  verifyCheckpoint,
  type WitnessPolicy,
} from './proof/verify-checkpoint.ts';
export { maximumLineLength, readLines } from './read-lines.ts';
export type { ReceiptStatus } from './receipt/read-receipt-status.ts';
export { encodeDisclosure } from './receipt/read-sd-jwt.ts';
export { type ReceiptClaims, type ReceiptVote, receiptType } from './receipt/receipt-claims.ts';
export { type PasskeyProof, verifyPasskeyProof } from './receipt/verify-passkey.ts';
export {
  type ReceiptFinding,
  type ReceiptVerdict,
  type VerifyReceiptOptions,
  verifyReceipt,
} from './receipt/verify-receipt.ts';
export { type ReceiptProofVerdict, verifyReceiptProof } from './receipt/verify-receipt-proof.ts';
export { digestReviewReport, signReviewReport, verifyReviewReport } from './review-report.ts';
export type { ReportVerdict } from './signed-report.ts';
export {
  firstSeqOf,
  mostStreams,
  nameStream,
  positionOf,
  readStreamName,
  streamOf,
  streamSpan,
} from './stream-place.ts';
export { decodeEntryBundle, encodeEntryBundle } from './tiles/entry-bundle.ts';
export { type ReadTile, readTileTree, TileUnusable } from './tiles/read-tile-tree.ts';
export { findTile, formatTilePath, parseTilePath, type TileName, tileWidth } from './tiles/tile-path.ts';
export { equalBytes, hashEmptyTree, hashLeaf, hashNode } from './tree-hash.ts';
export {
  createVerifierKey,
  formatVerifierKey,
  isKeyName,
  parseVerifierKey,
  type VerifierKey,
} from './verifier-key.ts';
export { type VerifyExportOptions, verifyExport } from './verify-export.ts';
export {
  type AddCheckpoint,
  formatAddCheckpoint,
  longestSubmission,
  parseAddCheckpoint,
} from './witness/add-checkpoint.ts';
export {
  type CosignatureVerdict,
  cosignText,
  verifyCosignature,
  type WitnessSigner,
} from './witness/cosignature.ts';
export { type Cosigners, findCosigners } from './witness/find-cosigners.ts';
export {
  judgeSubmission,
  openSubmission,
  type Submission,
  type WitnessRefusal,
} from './witness/judge-submission.ts';
export {
  createWitnessKey,
  formatWitnessKey,
  parseWitnessKey,
  type WitnessKey,
} from './witness/witness-key.ts';
