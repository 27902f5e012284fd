import { readHexByte } from './decode-hex.ts';

const PERCENT = 37;

/** RFC 3986 §6.2.2.2: only what need not have been encoded is decoded, so that the meaning stays the same. */
export function decodeUnreserved(text: string): string {
  return text.includes('%')
    ? text.replace(/%(?:2d|2e|5f|7e|3\d|[46][1-9a-f]|[57][0-9a])/gi, (code) =>
        String.fromCharCode(Number.parseInt(code.slice(1), 16)).toLowerCase(),
      )
    : text;
}

/** All that is percent-encoded, as UTF-8; undefined where nothing is. */
export function decodePercent(text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  const bytes: string[] = [];
  let changed = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at) === PERCENT ? readHexByte(text, at + 1) : undefined;
    bytes.push(byte === undefined ? (text[at] ?? '') : String.fromCharCode(byte));
    if (byte === undefined) continue;
    changed = true;
    at += 2;
  }
  return changed ? bytes.join('') : undefined;
}
