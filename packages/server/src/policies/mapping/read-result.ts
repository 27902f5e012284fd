import type { JsonObject, JsonValue } from '@countersign/core';
import { MappingError } from './mapping-error.ts';

const MOST_VALUES = 1_000;
const LONGEST_TEXT = 16_384;
const DEEPEST = 12;

/** What an expression came to, as JSON, with bounds on it. Throws `MappingError`. */
export function readResult(value: unknown, name: string): JsonValue {
  let left = MOST_VALUES;
  const read = (one: unknown, depth: number): JsonValue => {
    left -= 1;
    if (left < 0 || depth > DEEPEST) throw new MappingError(`${name} comes to too much`);
    if (one === null || typeof one === 'boolean') return one;
    if (typeof one === 'string' && one.length <= LONGEST_TEXT) return one;
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    if (typeof one === 'bigint' && Number.isSafeInteger(Number(one))) return Number(one);
    if (Array.isArray(one)) return one.map((item) => read(item, depth + 1));
    if (isPlainObject(one)) {
      const members = Object.entries(one).map(([key, member]) => [key, read(member, depth + 1)]);
      return Object.fromEntries(members) as JsonObject;
    }
    throw new MappingError(`${name} does not come to a JSON value`);
  };
  return read(value, 0);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
