import type { KeyObject } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { type CompactJws, decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import type { ProofNonces } from './proof-nonces.ts';
import { isAlgorithmOf, parsePublicJwk, thumbprintOf, toPublicKey } from './public-jwk.ts';
import { createReplaySet } from './replay-set.ts';
import { verifySignature } from './verify-signature.ts';

/** What a proof must be made for. `url` is the configured public URL and path: a Host header is the caller's word. */
export interface ProofTarget {
  readonly method: string;
  readonly url: string;
  /** At a resource: the token's hash (base64url SHA-256) and the key it is bound to. */
  readonly token?: { readonly hash: string; readonly jkt: string };
}

export interface ProofVerifier {
  /**
   * Checks one DPoP proof (RFC 9449 §4.3) and returns its key's thumbprint. One signature verification, and no key import
   * for a header seen before. Throws `token.proof_invalid`, `token.proof_nonce_needed`, `token.proof_replayed`.
   */
  verify(proof: string, target: ProofTarget): Promise<string>;
}

interface ProofKey {
  readonly jkt: string;
  readonly key: KeyObject;
}

const maxProofLength = 4096;
const ageSeconds = 60;

export function createProofVerifier(options: {
  platform: Pick<Platform, 'now'>;
  nonces: ProofNonces;
  clockSkewSeconds: number;
  replayCapacity?: number;
}): ProofVerifier {
  const { platform, nonces, clockSkewSeconds } = options;
  const keys = createBoundedCache<ProofKey>(20_000);
  const replays = createReplaySet({
    // A proof dated into the future by the allowed skew stays acceptable this long after its first use.
    retainMilliseconds: (ageSeconds + 2 * clockSkewSeconds) * 1000,
    capacity: options.replayCapacity ?? 1_000_000,
  });

  return {
    async verify(proof, target) {
      const jws = splitCompactJws(proof, maxProofLength);
      if (!jws) throw refuse('not one compact JWT');
      const proofKey = keys.get(jws.headerSegment) ?? readProofKey(jws.headerSegment);
      if (target.token && proofKey.jkt !== target.token.jkt)
        throw refuse('made with a key the token is not bound to');
      const jti = checkClaims(jws, target, platform.now() / 1000);
      if (!(await verifySignature(proofKey.key, jws.signed, jws.signature))) throw refuse('signature');
      // Only headers whose key signed something are kept, so that nobody fills the cache without work.
      keys.set(jws.headerSegment, proofKey);
      // After the wait and in one step: of two copies in flight one is refused.
      if (!replays.use(`${proofKey.jkt}.${jti}`, platform.now())) throw new AppError('token.proof_replayed');
      return proofKey.jkt;
    },
  };

  /** Cheap checks before the signature. Returns the `jti`. */
  function checkClaims(jws: CompactJws, target: ProofTarget, nowSeconds: number): string {
    const claims = decodeJsonSegment(jws.payloadSegment);
    if (!claims) throw refuse('claims are not a JSON object');
    const { jti, htm, htu, iat, ath, nonce } = claims;
    if (typeof jti !== 'string' || jti.length === 0 || jti.length > 256) throw refuse('jti');
    if (htm !== target.method) throw refuse('htm');
    if (typeof htu !== 'string' || !isSameUrl(htu, target.url)) throw refuse('htu');
    if (typeof iat !== 'number') throw refuse('iat');
    if (iat < nowSeconds - ageSeconds - clockSkewSeconds || iat > nowSeconds + clockSkewSeconds)
      throw refuse('iat');
    if (target.token && ath !== target.token.hash) throw refuse('ath');
    if (typeof nonce !== 'string' || !nonces.isFresh(nonce)) throw new AppError('token.proof_nonce_needed');
    return jti;
  }
}

/** Each call made from the same header costs this once (RFC 9449 §4.2). */
function readProofKey(headerSegment: string): ProofKey {
  const header = decodeJsonSegment(headerSegment);
  if (header?.typ !== 'dpop+jwt') throw refuse('typ');
  // Extensions we do not understand, and keys that would have to be fetched, are refused (RFC 7515 §4.1.11, RFC 8725 §3.10).
  if (['crit', 'b64', 'jku', 'x5u', 'x5c'].some((member) => Object.hasOwn(header, member)))
    throw refuse('header');
  const jwk = parsePublicJwk(header.jwk);
  if (!jwk) throw refuse('jwk must be one public P-256 or Ed25519 key');
  if (!isAlgorithmOf(jwk, header.alg)) throw refuse('alg');
  try {
    return { jkt: thumbprintOf(jwk), key: toPublicKey(jwk) };
  } catch {
    throw refuse('jwk is no valid key');
  }
}

/** RFC 9449 §4.3: query and fragment are ignored, spelling is normalised. Equal texts are the rule and cost nothing. */
function isSameUrl(htu: string, url: string): boolean {
  if (htu === url) return true;
  const parsed = URL.parse(htu);
  const expected = URL.parse(url);
  if (!parsed || !expected || parsed.username !== '' || parsed.password !== '') return false;
  return parsed.origin === expected.origin && parsed.pathname === expected.pathname;
}

function refuse(detail: string): AppError {
  return new AppError('token.proof_invalid', { detail });
}
