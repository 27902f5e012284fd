import type { SqlValue } from '../messages.ts';

/**
 * PostgreSQL's text cannot hold U+0000, which hostile names do; it becomes the sign for what cannot be shown, as other
 * stores do with half a surrogate pair. What the ledger commits to is JSON, where it is escaped and stays.
 */
export function writeText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

/** A parameter as the client wants it. */
export function writeValue(value: SqlValue): null | number | string | Buffer {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}
