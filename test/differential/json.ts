/** What JSON can say, with whole numbers of any size. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonRecord;

export interface JsonRecord {
  readonly [name: string]: Json;
}

/** A record whose names may be any, `__proto__` too. */
export function recordOf(entries: Iterable<readonly [string, Json]>): JsonRecord {
  const record: Record<string, Json> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}

// In Node 21 and later; the language's type library does not know it yet.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): number };

/** The same value in a form that JSON.stringify writes digit by digit. */
export function keepDigits(value: Json): unknown {
  if (typeof value === 'bigint') return rawJSON(value.toString());
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(keepDigits);
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) copy[name] = keepDigits(member);
  return copy;
}

export function writeJson(value: Json, indent?: number): string {
  return JSON.stringify(keepDigits(value), undefined, indent);
}

/** Large numbers keep all their digits. */
export function parseJson(text: string): Json {
  // The third argument is in Node 21 and later; the language's type library does not know it yet.
  const revive = (_: string, value: Json, { source = '' }: { readonly source?: string } = {}): Json =>
    typeof value === 'number' && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
      ? BigInt(source)
      : value;
  return JSON.parse(text, revive);
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
