import { decodeBase64url } from '../base64.ts';
import { inflateList } from './inflate-list.ts';
import { isObject } from './read-sd-jwt.ts';

export interface ReceiptStatus {
  /** Token Status List §7: it stands; it was taken back; not at the moment. */
  readonly value: 'valid' | 'invalid' | 'suspended';
  /** Epoch seconds at which the issuer said so. */
  readonly at: number;
}

const values = ['valid', 'invalid', 'suspended'] as const;
const longestToken = 1024 * 1024;
const encoder = new TextEncoder();

type Verify = (signed: Uint8Array, signature: Uint8Array, kid: unknown) => boolean;

/** The place of a receipt in a list that its issuer signed; undefined for another's list, or none. Never throws. */
export function readReceiptStatus(
  token: string,
  place: { readonly idx: number; readonly uri: string },
  verify: Verify,
): ReceiptStatus | undefined {
  const segments = token.trim().split('.');
  if (token.length > longestToken || segments.length !== 3) return undefined;
  const [head = '', body = '', tail = ''] = segments;
  try {
    const header: unknown = JSON.parse(Buffer.from(head, 'base64url').toString());
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    const signature = decodeBase64url(tail);
    if (!isObject(header) || header.typ !== 'statuslist+jwt' || header.alg !== 'ES256') return undefined;
    if (signature === undefined || !verify(encoder.encode(`${head}.${body}`), signature, header.kid))
      return undefined;
    if (!isObject(claims) || claims.sub !== place.uri || typeof claims.iat !== 'number') return undefined;
    const value = values[readPlace(claims.status_list, place.idx)];
    return value === undefined ? undefined : { value, at: claims.iat };
  } catch {
    return undefined;
  }
}

/** Token Status List §4.1: a list of small numbers, the first in the lowest bits. */
function readPlace(list: unknown, idx: number): number {
  if (!isObject(list) || typeof list.lst !== 'string') return Number.NaN;
  const { bits } = list;
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) return Number.NaN;
  const bytes = inflateList(Buffer.from(list.lst, 'base64url'));
  const perByte = 8 / bits;
  const byte = bytes[Math.floor(idx / perByte)];
  if (byte === undefined) return Number.NaN;
  return (byte >> ((idx % perByte) * bits)) & ((1 << bits) - 1);
}
