import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { asymmetricAlgorithms } from '../../platform/asymmetric-algorithms.ts';

const mostBytes = 4_194_304;
const unpack = promisify(inflate);

const claimsSchema = z.object({
  iat: z.number(),
  exp: z.number().optional(),
  ttl: z.number().positive().default(300),
  status_list: z.object({
    bits: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
    lst: z.string().max(1_048_576),
  }),
});

/** A Token Status List as it was signed. Times are epoch milliseconds. */
export interface StatusList {
  readonly issuedAt: number;
  readonly goodUntil: number;
  /** Undefined beyond its end. */
  find(index: number): number | undefined;
}

/**
 * Verifies hostile text as the status list token (draft-ietf-oauth-status-list §5.1) of exactly this address, signed by a
 * pinned key of its issuer. Throws for anything else; its size unpacked is bounded.
 */
export async function readStatusList(
  text: string,
  wanted: { uri: string; issuer: string; keys: JWTVerifyGetKey; now: number; clockSkewSeconds: number },
): Promise<StatusList> {
  const { uri, issuer, keys, now, clockSkewSeconds } = wanted;
  const { payload } = await jwtVerify(text, keys, {
    algorithms: asymmetricAlgorithms,
    typ: 'statuslist+jwt',
    subject: uri,
    clockTolerance: clockSkewSeconds,
    currentDate: new Date(now),
  });
  if (payload.iss !== undefined && payload.iss !== issuer) throw new Error('another issuer');
  const { iat, exp = Number.POSITIVE_INFINITY, ttl, status_list: list } = claimsSchema.parse(payload);
  if (iat > now / 1000 + clockSkewSeconds) throw new Error('from the future');
  const bytes = await unpack(Buffer.from(list.lst, 'base64url'), { maxOutputLength: mostBytes });
  const { bits } = list;
  const perByte = 8 / bits;
  return {
    issuedAt: iat * 1000,
    goodUntil: Math.min(now + ttl * 1000, exp * 1000),
    find(index) {
      const byte = bytes[Math.floor(index / perByte)];
      return byte === undefined ? undefined : (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
    },
  };
}
