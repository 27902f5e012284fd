import { hash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Platform } from '../../platform/platform.ts';
import { publicJwkOf } from './issuer-client.ts';
import type { BindingKey } from './minted.ts';

export interface ProvenRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly nonce?: string | undefined;
}

/** A DPoP proof for one request with one token (RFC 9449, section 4.2). */
export async function provePossession(
  key: BindingKey,
  request: ProvenRequest,
  platform: Platform,
): Promise<string> {
  const { origin, pathname } = new URL(request.url);
  const claims = {
    htm: request.method,
    htu: `${origin}${pathname}`,
    ath: hash('sha256', request.token, 'base64url'),
    jti: Buffer.from(platform.randomBytes(16)).toString('base64url'),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwkOf(key) })
    .setIssuedAt(Math.floor(platform.now() / 1000))
    .sign(key.privateKey);
}
