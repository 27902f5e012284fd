import type { JsonObject, JsonValue } from './json-value.ts';

/**
 * The canonical text of an I-JSON value (RFC 8785): equal values give equal texts, whatever the order of their keys.
 * Throws `TypeError` for what is no I-JSON value (a lone surrogate, a number that is not finite, `undefined`);
 * nothing that `parseStrictJson` accepted is.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical form');
    return `${value}`;
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') throw new TypeError(`a value of type ${typeof value} has no canonical form`);
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + canonicalJson(value[i]);
    return `${text}]`;
  }
  const object = value as JsonObject;
  let text = '{';
  for (const key of listSortedKeys(object)) {
    text += `${(text.length === 1 ? '' : ',') + canonicalString(key)}:${canonicalJson(object[key] as JsonValue)}`;
  }
  return `${text}}`;
}

/** By UTF-16 code units, as RFC 8785 section 3.2.3 asks; most objects are in order already. */
function listSortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  for (let i = 1; i < keys.length; i++) {
    if ((keys[i - 1] as string) > (keys[i] as string)) return keys.sort();
  }
  return keys;
}

/** Printable ASCII without quote and backslash stands for itself; everything else takes the slower, exact way. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
  return JSON.stringify(text);
}
