import { orderMembers, unordered } from './order-members.ts';

const maximumDepth = 64;
/** Text without anything to escape, as most is: testing it costs less than escaping it. */
const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * Canonical JSON (RFC 8785) of a JSON value: one byte string per value, so that equal values have equal hashes.
 * Object members whose value is undefined are left out, as in `JSON.stringify`.
 * Throws TypeError on what JSON or RFC 8785 cannot carry (NaN, infinities, lone surrogates, functions, bigint) and on
 * nesting deeper than 64 levels.
 */
export function canonicalJson(value: unknown): string {
  // The engine writes ordered members in a third of the time that writing them out one by one takes.
  const ordered = orderMembers(value, maximumDepth);
  return ordered === unordered ? writeValue(value, 0) : JSON.stringify(ordered);
}

function writeValue(value: unknown, depth: number): string {
  if (depth > maximumDepth) throw new TypeError('nested too deeply for canonical JSON');
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return writeNumber(value);
    case 'string':
      return writeString(value);
    case 'object':
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or infinity');
  return JSON.stringify(value);
}

/** RFC 8785 section 3.2.2.2 takes over ECMAScript's escapes, but refuses lone surrogates instead of escaping them. */
function writeString(value: string): string {
  if (plainText.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(value);
}

function writeArray(values: readonly unknown[], depth: number): string {
  const parts: string[] = [];
  for (const value of values) parts.push(writeValue(value, depth + 1));
  return `[${parts.join(',')}]`;
}

function writeObject(value: object, depth: number): string {
  const parts: string[] = [];
  // The default sort compares UTF-16 code units, as RFC 8785 section 3.2.3 demands.
  for (const key of Object.keys(value).sort()) {
    const member: unknown = (value as Record<string, unknown>)[key];
    if (member !== undefined) parts.push(`${writeString(key)}:${writeValue(member, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}
