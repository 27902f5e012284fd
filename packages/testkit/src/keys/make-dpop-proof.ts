import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { AgentKey } from './make-agent-key.ts';

export interface DpopProofInput {
  readonly key: AgentKey;
  readonly htm: string;
  readonly htu: string;
  /** Bound by its hash (RFC 9449 section 4.2); left out at the token endpoint. */
  readonly accessToken?: string;
  readonly nonce?: string;
  /** Epoch milliseconds; now by default. */
  readonly at?: number;
  readonly forge?: DpopForgery;
}

/** What a forger changes. A member set to undefined is left out of the proof. */
export interface DpopForgery {
  readonly header?: { readonly [name: string]: unknown };
  readonly claims?: { readonly [name: string]: unknown };
  /** Sign with another key than the one shown. */
  readonly signWith?: CryptoKey | Uint8Array;
  /** Damage the signature after signing. */
  readonly breakSignature?: boolean;
}

/** A DPoP proof (RFC 9449), written out with `jose` so that it shares no mistake with the code under test. */
export async function makeDpopProof({
  key,
  htm,
  htu,
  accessToken,
  nonce,
  at = Date.now(),
  forge = {},
}: DpopProofInput): Promise<string> {
  const claims = {
    jti: randomUUID(),
    htm,
    htu,
    iat: Math.floor(at / 1000),
    ath: accessToken === undefined ? undefined : createHash('sha256').update(accessToken).digest('base64url'),
    nonce,
    ...forge.claims,
  };
  const { alg: _, ...jwk } = key.publicJwk;
  const header = { typ: 'dpop+jwt', alg: key.algorithm as string, jwk: jwk as JWK, ...forge.header };
  if (header.alg === 'none') return `${encode(header)}.${encode(claims)}.`;
  const signed = await new SignJWT(withoutUndefined(claims))
    .setProtectedHeader(withoutUndefined(header) as { alg: string })
    .sign(forge.signWith ?? key.privateKey);
  return forge.breakSignature ? flipLastByte(signed) : signed;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function withoutUndefined(claims: { readonly [name: string]: unknown }): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

function flipLastByte(jws: string): string {
  const cut = jws.lastIndexOf('.') + 1;
  const signature = Buffer.from(jws.slice(cut), 'base64url');
  signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return jws.slice(0, cut) + signature.toString('base64url');
}
