import { inflateSync } from 'node:zlib';

const longestList = 4 * 1024 * 1024;

/** The bytes of a ZLIB stream (RFC 1950), hostile. Throws for one that is none, or longer than 4 MiB. */
export function inflateList(bytes: Uint8Array): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: longestList });
}
