import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';

/** A JWS in compact form (RFC 7515 §3.1), taken apart but not verified. */
export interface CompactJws {
  readonly headerSegment: string;
  readonly payloadSegment: string;
  /** 64 bytes: both ES256 and Ed25519 make signatures of that size, so anything else is refused while splitting. */
  readonly signature: Buffer;
  /** The bytes the signature covers. */
  readonly signed: Buffer;
}

const compactForm = /^[\w-]{1,8192}\.[\w-]{1,16384}\.[\w-]{86}$/;

/** Undefined unless hostile `text` is one compact JWS of at most `maxLength` characters. */
export function splitCompactJws(text: string, maxLength: number): CompactJws | undefined {
  if (text.length > maxLength || !compactForm.test(text)) return undefined;
  const first = text.indexOf('.');
  const second = text.length - 87;
  return {
    headerSegment: text.slice(0, first),
    payloadSegment: text.slice(first + 1, second),
    signature: Buffer.from(text.slice(second + 1), 'base64url'),
    signed: Buffer.from(text.slice(0, second), 'latin1'),
  };
}

const segmentLimits = { depth: 8, keys: 256, stringLength: 4096 };

/** Undefined unless the segment is base64url of a JSON object with no duplicate key (RFC 7515 §4, RFC 8725 §2.4). */
export function decodeJsonSegment(segment: string): JsonObject | undefined {
  const bytes = Buffer.from(segment, 'base64url');
  if (!isUtf8(bytes)) return undefined;
  const parsed = parseStrictJson(bytes.toString('utf8'), segmentLimits);
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}
