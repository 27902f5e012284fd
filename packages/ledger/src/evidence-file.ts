import { encodeBase64 } from './base64.ts';
import type { NoteSigner } from './note.ts';
import { sha256 } from './sha256.ts';
import { type ReportVerdict, signReport, verifyReport } from './signed-report.ts';

const purpose = 'countersign evidence file 1';

/** In what forms a report can be had besides its own. */
export const evidenceForms = ['oscal', 'html', 'pdf'] as const;
export type EvidenceForm = (typeof evidenceForms)[number];

/** What is signed of a file: of which report it is a form, and its bytes. Digests are SHA-256, base64. */
export interface EvidenceFile {
  readonly format: 'countersign-evidence-file/1';
  readonly report: string;
  readonly reportDigest: string;
  readonly form: EvidenceForm;
  readonly sha256: string;
}

export function describeEvidenceFile(
  of: Pick<EvidenceFile, 'report' | 'reportDigest' | 'form'>,
  file: Uint8Array,
): EvidenceFile {
  return { format: 'countersign-evidence-file/1', ...of, sha256: encodeBase64(sha256(file)) };
}

/** C2SP signed note that binds the file to the ledger's key. */
export function signEvidenceFile(described: EvidenceFile, signer: NoteSigner): string {
  return signReport(purpose, described, signer);
}

export interface EvidenceFileVerdict extends Omit<ReportVerdict, 'report'> {
  /** Null unless it is valid. */
  readonly file: Pick<EvidenceFile, 'report' | 'reportDigest' | 'form'> | null;
}

/**
 * Checks a form of a report against its detached signature, offline; both are hostile. It says that the server wrote exactly
 * this file of that report; the proofs of its records are in the signed JSON alone. Never throws.
 */
export function verifyEvidenceFile(file: Uint8Array, signature: string, vkey?: string): EvidenceFileVerdict {
  const { report: told, ...verdict } = verifyReport(purpose, signature, vkey);
  if (!verdict.valid || told === null) return { ...verdict, file: null };
  const { report, reportDigest, form, sha256: digest } = told;
  const known = evidenceForms.find((one) => one === form);
  if (typeof report !== 'string' || typeof reportDigest !== 'string' || known === undefined)
    return { ...verdict, valid: false, reason: 'not_a_report', file: null };
  if (digest !== encodeBase64(sha256(file)))
    return { ...verdict, valid: false, reason: 'changed', file: null };
  return { ...verdict, file: { report, reportDigest, form: known } };
}
