import { SignJWT } from 'jose';
import type { AgentKey } from './agent-key.ts';

/** RFC 9449 proofs with one key: keeps the newest nonce of each server and makes a new proof for every request. */
export class ProofMaker {
  readonly #key: AgentKey;
  readonly #nonces = new Map<string, string>();

  constructor(key: AgentKey) {
    this.#key = key;
  }

  /** A `DPoP` header value for one request; `accessToken` binds it with `ath`. */
  async prove(method: string, url: string, accessToken?: string): Promise<string> {
    const target = new URL(url);
    const nonce = this.#nonces.get(target.origin);
    const claims = {
      htm: method,
      htu: `${target.origin}${target.pathname}`,
      ...(accessToken === undefined ? {} : { ath: await digest(accessToken) }),
      ...(nonce === undefined ? {} : { nonce }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: this.#key.algorithm, typ: 'dpop+jwt', jwk: this.#key.publicJwk })
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .sign(this.#key.privateKey);
  }

  /** Keeps the nonce that a response brought. */
  learn(url: string, response: Response): void {
    const nonce = response.headers.get('dpop-nonce');
    if (nonce !== null) this.#nonces.set(new URL(url).origin, nonce);
  }
}

/** True when the server refused only because the proof lacked a fresh nonce, so that one more try is right. */
export function asksForNonce(response: Response): boolean {
  return response.headers.has('dpop-nonce') && (response.status === 401 || response.status === 400);
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
