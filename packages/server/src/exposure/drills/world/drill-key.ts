import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Context } from '../../../context.ts';
import { sha256 } from '../../../platform/sha256.ts';

/** An Ed25519 key of an agent of a drill, in the words of JOSE. */
export interface DrillKey {
  readonly publicJwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly privateKey: KeyObject;
}

export function makeDrillKey(): DrillKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const members = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  return { publicJwk, thumbprint: createHash('sha256').update(members).digest('base64url'), privateKey };
}

type Signing = Pick<Context, 'platform' | 'tokens'>;

/** `private_key_jwt` (RFC 7523) for the server's own token endpoint. */
export function makeAssertion({ platform, tokens }: Signing, key: DrillKey, clientId: string): string {
  const iat = Math.floor(platform.now() / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: tokens.issuer,
    iat,
    exp: iat + 60,
    jti: drawId(platform),
  };
  return signJwt(key, { alg: 'EdDSA', typ: 'client-authentication+jwt', kid: key.thumbprint }, claims);
}

/** A DPoP proof (RFC 9449) for one request; of a token where one is presented with it. */
export function makeProof({ platform, tokens }: Signing, key: DrillKey, url: string, token?: string): string {
  const claims = {
    jti: drawId(platform),
    ...{ htm: 'POST', htu: url, iat: Math.floor(platform.now() / 1000), nonce: tokens.nextNonce() },
    ...(token === undefined ? {} : { ath: sha256(token) }),
  };
  return signJwt(key, { alg: 'EdDSA', typ: 'dpop+jwt', jwk: key.publicJwk }, claims);
}

function signJwt(key: DrillKey, header: object, claims: object): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function drawId(platform: Context['platform']): string {
  return Buffer.from(platform.randomBytes(16)).toString('base64url');
}
