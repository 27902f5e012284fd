import { readHexByte } from './decode-hex.ts';

/** Quoted-printable (RFC 2045 §6.7), soft line breaks too; undefined where there is none. */
export function decodeQuotedPrintable(text: string): string | undefined {
  if (!text.includes('=')) return undefined;
  const decoded = text.replace(/=(?:\r?\n|[0-9a-f]{2})/gi, (code) => {
    const byte = readHexByte(code, 1);
    return byte === undefined ? '' : String.fromCharCode(byte);
  });
  return decoded === text ? undefined : decoded;
}
