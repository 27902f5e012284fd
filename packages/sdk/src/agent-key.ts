import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type CryptoKey as SigningKey,
} from 'jose';

/** An agent's own key pair. The private half never leaves the agent; registration takes `publicJwk`. */
export interface AgentKey {
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: SigningKey;
  readonly publicJwk: JWK;
  /** RFC 7638 SHA-256 thumbprint. */
  readonly thumbprint: string;
}

/** Makes a key; `privateJwk` is what the agent keeps in a file or secret store. */
export async function generateAgentKey(
  algorithm: 'ES256' | 'EdDSA' = 'ES256',
): Promise<{ readonly key: AgentKey; readonly privateJwk: JWK }> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const privateJwk = await exportJWK(privateKey);
  return { key: await importAgentKey(privateJwk), privateJwk };
}

/** Reads a private P-256 or Ed25519 JWK. Throws `TypeError` for any other. */
export async function importAgentKey(privateJwk: JWK): Promise<AgentKey> {
  const algorithm = readAlgorithm(privateJwk);
  const privateKey = await importJWK(privateJwk, algorithm, { extractable: false });
  if (privateKey instanceof Uint8Array) throw new TypeError('the key must be an asymmetric JWK');
  const { kty, crv, x, y } = privateJwk;
  const publicJwk: JWK = y === undefined ? ({ kty, crv, x } as JWK) : ({ kty, crv, x, y } as JWK);
  return { algorithm, privateKey, publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) };
}

function readAlgorithm({ kty, crv, d }: JWK): 'ES256' | 'EdDSA' {
  if (typeof d !== 'string') throw new TypeError('the key must be a private JWK');
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  throw new TypeError('the key must be P-256 or Ed25519');
}
