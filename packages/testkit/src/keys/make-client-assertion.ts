import { randomUUID } from 'node:crypto';
import { type CryptoKey, type JWTPayload, SignJWT } from 'jose';
import type { AgentKey } from './make-agent-key.ts';

export interface ClientAssertionInput {
  readonly key: AgentKey;
  readonly clientId: string;
  /** The issuer identifier of the authorization server, and nothing else (RFC 7523bis). */
  readonly audience: string | readonly string[];
  /** Epoch milliseconds; now by default. */
  readonly at?: number;
  readonly lifetimeSeconds?: number;
  readonly forge?: {
    readonly header?: { readonly [name: string]: unknown };
    readonly claims?: { readonly [name: string]: unknown };
    readonly signWith?: CryptoKey | Uint8Array;
  };
}

/** A `private_key_jwt` client assertion; a forged member set to undefined is left out. */
export async function makeClientAssertion({
  key,
  clientId,
  audience,
  at = Date.now(),
  lifetimeSeconds = 60,
  forge = {},
}: ClientAssertionInput): Promise<string> {
  const iat = Math.floor(at / 1000);
  const claims: JWTPayload = {
    iss: clientId,
    sub: clientId,
    aud: typeof audience === 'string' ? audience : [...audience],
    jti: randomUUID(),
    iat,
    exp: iat + lifetimeSeconds,
    ...forge.claims,
  };
  const header = { typ: 'client-authentication+jwt', alg: key.algorithm as string, ...forge.header };
  if (header.alg === 'none') {
    const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    return `${parts.join('.')}.`;
  }
  const present = Object.entries(claims).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(present))
    .setProtectedHeader(header)
    .sign(forge.signWith ?? key.privateKey);
}
