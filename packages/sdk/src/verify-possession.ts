import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { CountersignError } from './countersign-error.ts';

/** How a caller shows that a token is its own. */
export type Shown =
  /** RFC 9449: the `DPoP` header of a request with this method and URL. */
  | { readonly dpop: { readonly proof: string; readonly method: string; readonly url: string } }
  /** RFC 8705: SHA-256 of the certificate of the connection, base64url. */
  | { readonly certificate: string };

/** RFC 7800. */
export interface TokenConfirmation {
  readonly jkt?: string;
  readonly 'x5t#S256'?: string;
}

const proofSeconds = 60;
const mostProofs = 100_000;

/** Proofs of possession, each good once. */
export class PossessionCheck {
  readonly #now: () => number;
  #seen = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws `token.proof_invalid`, `token.proof_replayed`, `token.certificate_invalid`. */
  async require(token: string, confirmation: TokenConfirmation, shown: Shown): Promise<void> {
    if (confirmation.jkt !== undefined && 'dpop' in shown) {
      return this.#requireProof(token, confirmation.jkt, shown.dpop);
    }
    const x5t = confirmation['x5t#S256'];
    if (x5t !== undefined && 'certificate' in shown && shown.certificate === x5t) return;
    throw new CountersignError(
      x5t === undefined ? 'token.proof_invalid' : 'token.certificate_invalid',
      'the caller has not shown that the token is its own',
      401,
    );
  }

  async #requireProof(token: string, jkt: string, { proof, method, url }: ProofShown): Promise<void> {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      ...{ typ: 'dpop+jwt', algorithms: ['ES256', 'EdDSA', 'Ed25519'], maxTokenAge: proofSeconds },
      ...{
        clockTolerance: 5,
        currentDate: new Date(this.#now()),
        requiredClaims: ['jti', 'htm', 'htu', 'ath'],
      },
    }).catch((cause: unknown) => {
      throw refuse(cause);
    });
    const target = new URL(url);
    const isForThis =
      payload.htm === method &&
      payload.htu === `${target.origin}${target.pathname}` &&
      payload.ath === (await digest(token)) &&
      (await calculateJwkThumbprint(protectedHeader.jwk as JWK)) === jkt;
    if (!isForThis) throw refuse();
    this.#useOnce(`${jkt}.${payload.jti}`);
  }

  #useOnce(id: string): void {
    const now = this.#now();
    if (this.#seen.has(id))
      throw new CountersignError('token.proof_replayed', 'the proof was used before', 401);
    if (this.#seen.size >= mostProofs) {
      const oldest = now - 2 * proofSeconds * 1000;
      this.#seen = new Map([...this.#seen].filter(([, at]) => at > oldest));
      // To forget a proof that is still good would let it through again.
      if (this.#seen.size >= mostProofs)
        throw new CountersignError('server.overloaded', 'too many proofs', 503);
    }
    this.#seen.set(id, now);
  }
}

type ProofShown = { readonly proof: string; readonly method: string; readonly url: string };

function refuse(cause?: unknown): CountersignError {
  const error = new CountersignError('token.proof_invalid', 'the proof is not valid for this request', 401);
  error.cause = cause;
  return error;
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
