import type { JsonFlaw } from './strict-json.ts';
import { isSafeNumber } from './strict-json.ts';

const BACKSLASH = 92;
const NUMBER = /-?\d[\d.eE+-]*/y;

/** The offset of the quote that ends the string whose text starts at `start`, or -1. */
export function findClosingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end >= 0) {
    let escapes = end;
    while (escapes > start && text.charCodeAt(escapes - 1) === BACKSLASH) escapes--;
    if ((end - escapes) % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}

interface Level {
  /** Undefined inside an array. */
  readonly keys: Set<string> | undefined;
  readonly ofConstructor: boolean;
}

/**
 * Says what is wrong, and where, with JSON text that parses but that `parseStrictJson` refuses.
 * Runs only for refused texts, so that accepted ones never pay for it.
 */
export function findJsonFlaw(text: string, stringLength = Number.POSITIVE_INFINITY): JsonFlaw {
  const levels: Level[] = [];
  let pending = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '{' || char === '[') {
      levels.push({ keys: char === '{' ? new Set() : undefined, ofConstructor: pending === 'constructor' });
      pending = '';
    } else if (char === '}' || char === ']') {
      levels.pop();
      pending = '';
    } else if (char === ',') {
      pending = '';
    } else if (char === '"') {
      const end = findClosingQuote(text, i + 1);
      const string: string = JSON.parse(text.slice(i, end + 1));
      const level = levels.at(-1);
      const isKey = level?.keys !== undefined && /^\s*:/.test(text.slice(end + 1));
      const code = findStringFlaw(string, stringLength) ?? (isKey ? findKeyFlaw(string, level) : undefined);
      if (code !== undefined) return { code, at: i };
      if (isKey) {
        level.keys?.add(string);
        pending = string;
      }
      i = end;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = i;
      const digits = NUMBER.exec(text)?.[0] ?? char;
      if (!isSafeNumber(Number(digits))) return { code: 'unsafe_number', at: i };
      i += digits.length - 1;
    }
  }
  return { code: 'malformed', at: text.length };
}

function findStringFlaw(string: string, stringLength: number): JsonFlaw['code'] | undefined {
  if (string.length > stringLength) return 'too_large';
  return string.isWellFormed() ? undefined : 'lone_surrogate';
}

function findKeyFlaw(key: string, level: Level): JsonFlaw['code'] | undefined {
  if (key === '__proto__' || (level.ofConstructor && key === 'prototype')) return 'forbidden_key';
  return level.keys?.has(key) ? 'duplicate_key' : undefined;
}
