import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

export type AgentKeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

/** A key pair as an agent holds it, with everything a test needs to show or to forge. */
export interface AgentKey {
  readonly algorithm: AgentKeyAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  /** With the private part: what must never be accepted anywhere. */
  readonly privateJwk: JWK;
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string;
}

export async function makeAgentKey(algorithm: AgentKeyAlgorithm = 'ES256'): Promise<AgentKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), alg: algorithm };
  const privateJwk = { ...(await exportJWK(privateKey)), alg: algorithm };
  return {
    algorithm,
    privateKey,
    publicJwk,
    privateJwk,
    thumbprint: await calculateJwkThumbprint(publicJwk),
  };
}
