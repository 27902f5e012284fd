import { encodeBase64 } from './base64.ts';
import { canonicalJson } from './canonical-json.ts';
import { type NoteSigner, parseNote, signNote, verifyNote } from './note.ts';
import { sha256 } from './sha256.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** First line of the note of a report of drills: no checkpoint, whose first line is the origin of a log, can be taken for one. */
const purpose = 'countersign drill report 1';
const longestText = 16 * 1024 * 1024;
const encoder = new TextEncoder();

/** SHA-256, base64, of the canonical report (RFC 8785). */
export function digestDrillReport(report: unknown): string {
  return encodeBase64(sha256(encoder.encode(canonicalJson(report))));
}

/** C2SP signed note that binds the report's digest to the ledger's key. */
export function signDrillReport(report: unknown, signer: NoteSigner): string {
  return signNote(writeText(digestDrillReport(report)), signer);
}

export interface DrillReportVerdict {
  readonly valid: boolean;
  /** Why it is not valid. */
  readonly reason: 'not_a_report' | 'changed' | 'unknown_key' | 'bad_signature' | null;
  /** Where the key came from: one that the report itself names shows only that it is whole. */
  readonly key: 'given' | 'claimed';
  /** C2SP verifier key it was checked with; null when there is none. */
  readonly vkey: string | null;
  /** Whether all drills were contained, as far as the report is valid. */
  readonly passed: boolean;
}

/** Checks a signed report, which is hostile text, offline. `vkey` is the ledger's verifier key, known from elsewhere. Never throws. */
export function verifyDrillReport(text: string, vkey?: string): DrillReportVerdict {
  const source = vkey === undefined ? 'claimed' : 'given';
  const refuse = (reason: DrillReportVerdict['reason'], named: string | null = null): DrillReportVerdict => ({
    ...{ valid: false, reason, key: source, vkey: named, passed: false },
  });
  const signed = readSigned(text);
  if (signed === undefined) return refuse('not_a_report');
  const named = vkey ?? signed.vkey;
  const key = parseVerifierKey(named);
  const note = parseNote(signed.note);
  if (key === undefined || note === undefined) return refuse('not_a_report', named);
  const verdict = verifyNote(note, key);
  if (verdict !== 'verified') return refuse(verdict, named);
  // What is signed is the digest of exactly this report, or it is another's signature.
  if (note.text !== signed.text) return refuse('changed', named);
  return { valid: true, reason: null, key: source, vkey: named, passed: signed.passed };
}

interface ReadReport {
  readonly note: string;
  readonly vkey: string;
  readonly text: string;
  readonly passed: boolean;
}

function readSigned(text: string): ReadReport | undefined {
  if (text.length > longestText) return undefined;
  try {
    const signed: unknown = JSON.parse(text);
    if (!isObject(signed)) return undefined;
    const { report, note, vkey } = signed;
    if (!isObject(report) || typeof note !== 'string' || typeof vkey !== 'string') return undefined;
    return { note, vkey, text: writeText(digestDrillReport(report)), passed: report.passed === true };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeText(digest: string): string {
  return `${purpose}\n${digest}\n`;
}
