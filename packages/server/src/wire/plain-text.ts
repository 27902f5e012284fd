import { z } from 'zod';

// Controls hide what a person reads; lone surrogates have no UTF-8 form and so no canonical JSON.
const readable = /^[^\p{Cc}\p{Cs}]+$/u;
const readableLines = /^(?:[^\p{Cc}\p{Cs}]|[\n\t])+$/u;

/** One line that people read, in one Unicode spelling. Never empty. */
export function plainLine(maxLength: number) {
  return z.string().trim().min(1).max(maxLength).regex(readable).normalize('NFC');
}

/** Like `plainLine`, with line breaks and tabs. */
export function plainLines(maxLength: number) {
  return z.string().trim().min(1).max(maxLength).regex(readableLines).normalize('NFC');
}
