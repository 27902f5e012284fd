import { isJsonObject, type JsonValue } from '../actions/json-value.ts';
import { parseStrictJson } from '../actions/strict-json.ts';
import { capBytes, countBytes } from './cap-bytes.ts';
import { capRows } from './cap-rows.ts';
import type { Obligations } from './obligations.ts';
import { redactJson } from './redact-json.ts';

/** How obligations on a result were met. */
export interface MetObligations {
  /** Values that were taken out. */
  readonly redacted: number;
  /** Elements of arrays, or lines, that were cut off. */
  readonly rowsCut: number;
  /** UTF-8 bytes that were cut off. */
  readonly bytesCut: number;
  /** Parts that could not be met otherwise, and did not pass. */
  readonly withheld: number;
}

export const NOTHING_MET: MetObligations = { redacted: 0, rowsCut: 0, bytesCut: 0, withheld: 0 };

export function addMet(a: MetObligations, b: MetObligations): MetObligations {
  return {
    redacted: a.redacted + b.redacted,
    rowsCut: a.rowsCut + b.rowsCut,
    bytesCut: a.bytesCut + b.bytesCut,
    withheld: a.withheld + b.withheld,
  };
}

type Owed = Pick<Obligations, 'redact' | 'capRows' | 'capBytes'>;

export interface MetJson {
  /** What may pass, the very same when nothing had to change; undefined when nothing may. */
  readonly value: JsonValue | undefined;
  readonly met: MetObligations;
}

export interface MetText {
  readonly text: string | undefined;
  readonly met: MetObligations;
}

/** Redacts and cuts a JSON value. One that is still too long is withheld: cut anywhere it would be no JSON. */
export function meetInJson(value: JsonValue, owed: Owed): MetJson {
  const { value: clean, redacted } = redactJson(value, owed.redact);
  if (clean === undefined) return { value: undefined, met: { ...NOTHING_MET, redacted } };
  const capped = owed.capRows === null ? { value: clean, cut: 0 } : capRows(clean, owed.capRows);
  const met = { ...NOTHING_MET, redacted, rowsCut: capped.cut };
  if (owed.capBytes === null) return { value: capped.value, met };
  const bytes = countBytes(JSON.stringify(capped.value));
  if (bytes <= owed.capBytes) return { value: capped.value, met };
  return { value: undefined, met: { ...met, bytesCut: bytes, withheld: 1 } };
}

const LIMITS = { depth: 200, keys: 1_000_000 };

/**
 * Redacts and cuts a text. JSON is treated as what it says; a text that is none can only be cut, and is withheld while a
 * redaction is owed, because nobody can say where in it the values stand.
 */
export function meetInText(text: string, owed: Owed): MetText {
  const parsed = owed.redact.length > 0 || owed.capRows !== null ? parseStructure(text) : undefined;
  if (parsed === undefined && owed.redact.length > 0)
    return { text: undefined, met: { ...NOTHING_MET, withheld: 1 } };
  if (parsed === undefined) return cutText(text, owed);
  const { value, met } = meetInJson(parsed, { ...owed, capBytes: null });
  if (value === undefined) return { text: undefined, met };
  const cut = cutText(value === parsed ? text : JSON.stringify(value), { ...owed, capRows: null });
  return { text: cut.text, met: addMet(met, cut.met) };
}

/** An array or object; a bare text or number in JSON has no place that a pointer could name. */
function parseStructure(text: string): JsonValue | undefined {
  const parsed = parseStrictJson(text, LIMITS);
  if (!parsed.ok) return undefined;
  return Array.isArray(parsed.value) || isJsonObject(parsed.value) ? parsed.value : undefined;
}

function cutText(
  text: string,
  { capRows: rows, capBytes: bytes }: Owed,
): { text: string; met: MetObligations } {
  const lines = rows === null ? [] : text.split('\n');
  const isCut = rows !== null && lines.length > rows;
  const kept = isCut ? lines.slice(0, rows).join('\n') : text;
  const short = bytes === null ? kept : capBytes(kept, bytes);
  const bytesCut = short.length === kept.length ? 0 : countBytes(kept) - countBytes(short);
  return { text: short, met: { ...NOTHING_MET, rowsCut: isCut ? lines.length - (rows ?? 0) : 0, bytesCut } };
}
