import { isReadable } from './is-readable.ts';

/** Two hexadecimal digits; undefined where there are none. */
export function readHexByte(text: string, at: number): number | undefined {
  const high = readDigit(text.charCodeAt(at));
  const low = readDigit(text.charCodeAt(at + 1));
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

/** Bytes in hexadecimal digits, however they are set apart, as text; undefined when that is none. */
export function decodeHex(text: string): string | undefined {
  const digits = text.replace(/0x|\\x|[\s:-]/gi, '');
  if (digits.length < 8 || digits.length % 2 === 1) return undefined;
  let decoded = '';
  for (let at = 0; at < digits.length; at += 2) {
    const byte = readHexByte(digits, at);
    if (byte === undefined) return undefined;
    decoded += String.fromCharCode(byte);
  }
  return isReadable(decoded) ? decoded : undefined;
}

function readDigit(unit: number): number | undefined {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : undefined;
}
