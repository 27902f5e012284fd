import { encodeBase64 } from './base64.ts';
import { canonicalJson } from './canonical-json.ts';
import { type NoteSigner, parseNote, signNote, verifyNote } from './note.ts';
import { sha256 } from './sha256.ts';
import { parseVerifierKey } from './verifier-key.ts';

const longestText = 16 * 1024 * 1024;
const encoder = new TextEncoder();

/** SHA-256, base64, of the canonical report (RFC 8785). */
export function digestReport(report: unknown): string {
  return encodeBase64(sha256(encoder.encode(canonicalJson(report))));
}

/**
 * C2SP signed note that binds the report's digest to the ledger's key. `purpose` is its first line: no checkpoint, whose
 * first line is the origin of a log, and no report of another kind can be taken for it.
 */
export function signReport(purpose: string, report: unknown, signer: NoteSigner): string {
  return signNote(writeText(purpose, digestReport(report)), signer);
}

export interface ReportVerdict {
  readonly valid: boolean;
  /** Why it is not valid. */
  readonly reason: 'not_a_report' | 'changed' | 'unknown_key' | 'bad_signature' | null;
  /** Where the key came from: one that the report itself names shows only that it is whole. */
  readonly key: 'given' | 'claimed';
  /** C2SP verifier key it was checked with; null when there is none. */
  readonly vkey: string | null;
  /** The report, as far as it is valid. */
  readonly report: Readonly<Record<string, unknown>> | null;
}

/** Checks a signed report, which is hostile text, offline. `vkey` is the ledger's verifier key, known from elsewhere. Never throws. */
export function verifyReport(purpose: string, text: string, vkey?: string): ReportVerdict {
  const source = vkey === undefined ? 'claimed' : 'given';
  const refuse = (reason: ReportVerdict['reason'], named: string | null = null): ReportVerdict => ({
    ...{ valid: false, reason, key: source, vkey: named, report: null },
  });
  const signed = readSigned(purpose, text);
  if (signed === undefined) return refuse('not_a_report');
  const named = vkey ?? signed.vkey;
  const key = parseVerifierKey(named);
  const note = parseNote(signed.note);
  if (key === undefined || note === undefined) return refuse('not_a_report', named);
  const verdict = verifyNote(note, key);
  if (verdict !== 'verified') return refuse(verdict, named);
  // What is signed is the digest of exactly this report, or it is another's signature.
  if (note.text !== signed.text) return refuse('changed', named);
  return { valid: true, reason: null, key: source, vkey: named, report: signed.report };
}

interface ReadReport {
  readonly note: string;
  readonly vkey: string;
  readonly text: string;
  readonly report: Readonly<Record<string, unknown>>;
}

function readSigned(purpose: string, text: string): ReadReport | undefined {
  if (text.length > longestText) return undefined;
  try {
    const signed: unknown = JSON.parse(text);
    if (!isObject(signed)) return undefined;
    const { report, note, vkey } = signed;
    if (!isObject(report) || typeof note !== 'string' || typeof vkey !== 'string') return undefined;
    return { note, vkey, text: writeText(purpose, digestReport(report)), report };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeText(purpose: string, digest: string): string {
  return `${purpose}\n${digest}\n`;
}
