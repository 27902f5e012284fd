import { findClosingQuote, findJsonFlaw } from './find-json-flaw.ts';
import type { JsonValue } from './json-value.ts';

export interface JsonLimits {
  /** UTF-8 bytes of the text. */
  readonly bytes?: number;
  /** Nested arrays and objects; a bare primitive has depth 0. At most 1,000. */
  readonly depth: number;
  /** Members of all objects together. */
  readonly keys: number;
  /** UTF-16 units of any one string or key. */
  readonly stringLength?: number;
}

export type JsonFlawCode =
  | 'malformed'
  | 'too_deep'
  | 'too_large'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'unsafe_number'
  | 'lone_surrogate';

/** `at` is the offset in UTF-16 units where the text went wrong; the text's length when nothing says where. */
export interface JsonFlaw {
  readonly code: JsonFlawCode;
  readonly at: number;
}

export type StrictJson =
  | { readonly ok: true; readonly value: JsonValue }
  | ({ readonly ok: false } & JsonFlaw);

const QUOTE = 34;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Reads attacker-controlled JSON so that every later reader sees the same value: no duplicate keys (compared after
 * unescaping), no `__proto__` or `constructor.prototype`, no lone surrogates, no byte order mark (RFC 8259, RFC 7493).
 * A whole number must lie within ±(2^53-1) and no number may overflow; fractions are read as the nearest double, as RFC 8785 asks.
 * Never throws.
 */
export function parseStrictJson(text: string, limits: JsonLimits): StrictJson {
  if (limits.bytes !== undefined && isLongerThan(text, limits.bytes)) return refuse('too_large', text.length);
  if (!text.isWellFormed()) return refuse('lone_surrogate', text.search(/\p{Surrogate}/u));
  const members = countMembers(text, limits);
  if (typeof members !== 'number') return members;
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse('malformed', readOffset(error, text));
  }
  // A duplicate key leaves fewer members in the value than there were colons in the text.
  const seen = countCleanMembers(
    value,
    limits.stringLength ?? Number.POSITIVE_INFINITY,
    text.includes('\\u'),
  );
  if (seen === members) return { ok: true, value };
  return { ok: false, ...findJsonFlaw(text, limits.stringLength) };
}

function refuse(code: JsonFlawCode, at: number): StrictJson & { ok: false } {
  return { ok: false, code, at };
}

function isLongerThan(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two of the pair's four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return length > bytes;
}

/** Counts the colons outside strings and bounds depth before anything recursive sees the text. */
function countMembers(text: string, limits: JsonLimits): number | (StrictJson & { ok: false }) {
  let members = 0;
  let depth = 0;
  const length = text.length;
  for (let i = 0; i < length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = findClosingQuote(text, i + 1);
        if (i < 0) return refuse('malformed', length);
        break;
      case COLON:
        if (++members > limits.keys) return refuse('too_large', i);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > limits.depth) return refuse('too_deep', i);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
  return members;
}

/** The number of members below `value`, or NaN when anything in it is refused; `findJsonFlaw` then says what. */
function countCleanMembers(value: JsonValue, stringLength: number, mayEscape: boolean): number {
  if (typeof value === 'string') return isCleanString(value, stringLength, mayEscape) ? 0 : Number.NaN;
  if (typeof value === 'number') return isSafeNumber(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countCleanMembers(item, stringLength, mayEscape);
    return members;
  }
  const object = value as { readonly [key: string]: JsonValue };
  for (const key of Object.keys(object)) {
    if (!isCleanString(key, stringLength, mayEscape) || key === '__proto__') return Number.NaN;
    const member = object[key] as JsonValue;
    if (key === 'constructor' && hasPrototype(member)) return Number.NaN;
    members += 1 + countCleanMembers(member, stringLength, mayEscape);
  }
  return members;
}

function isCleanString(text: string, stringLength: number, mayEscape: boolean): boolean {
  return text.length <= stringLength && (!mayEscape || text.isWellFormed());
}

function hasPrototype(member: JsonValue): boolean {
  return typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
}

export function isSafeNumber(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function readOffset(error: unknown, text: string): number {
  // Anchored, because the message may quote the hostile text.
  const found = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(String(error));
  return found === null ? text.length : Number(found[1]);
}
