import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { CountersignError } from './countersign-error.ts';
import { StatusLists, type StatusPlace } from './status-lists.ts';
import { PossessionCheck, type Shown, type TokenConfirmation } from './verify-possession.ts';

export interface TokenVerifierOptions {
  /** Where Countersign is; its tokens name it as their issuer. */
  readonly issuer: string;
  /** What the token must have been issued for. */
  readonly audience: string;
  /** No older token is believed once its status could not be confirmed for this long; 10 unless said. */
  readonly statusFreshnessSeconds?: number;
  /** For tests and proxies. */
  readonly fetch?: typeof fetch;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Who calls, for whom, under which authority and for which piece of work. */
export interface VerifiedToken {
  readonly id: string;
  /** The agent that calls. */
  readonly agentId: string;
  /** Whose authority it is: the agent itself, or whom it acts for. */
  readonly subject: string;
  readonly clientId: string;
  /** RFC 8693 `act`: the agents it came through, the newest first. */
  readonly actors: readonly string[];
  /** The person accountable for the agent. */
  readonly ownerId: string;
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  /** Null for a control token. */
  readonly taskId: string | null;
  /** The skill of the called agent that it is for; null for any. */
  readonly skill: string | null;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const skewSeconds = 5;

/**
 * For services that agents call: believes a token only when its issuer signed it for this audience, its caller has shown
 * that it is its own, and its status is known to be good (RFC 9068 §4, RFC 9449 §7, Token Status List §8.3).
 */
export class TokenVerifier {
  readonly #options: Required<Pick<TokenVerifierOptions, 'issuer' | 'audience' | 'now'>>;
  readonly #freshnessMilliseconds: number;
  readonly #keys: JWTVerifyGetKey;
  readonly #lists: StatusLists;
  readonly #possession: PossessionCheck;

  constructor(options: TokenVerifierOptions) {
    const issuer = new URL(options.issuer).origin;
    const { audience, now = Date.now, fetch: send = fetch } = options;
    this.#options = { issuer, audience, now };
    this.#freshnessMilliseconds = (options.statusFreshnessSeconds ?? 10) * 1000;
    this.#keys = createRemoteJWKSet(new URL(`${issuer}/oauth/jwks`), { [customFetch]: send });
    const freshnessMilliseconds = this.#freshnessMilliseconds;
    this.#lists = new StatusLists({ issuer, keys: this.#keys, fetch: send, now, freshnessMilliseconds });
    this.#possession = new PossessionCheck(now);
  }

  /**
   * Throws `CountersignError` with `token.invalid`, `token.proof_invalid`, `token.proof_replayed`,
   * `token.certificate_invalid`, `token.revoked` or `token.status_unknown`.
   */
  async verify(token: string, shown: Shown): Promise<VerifiedToken> {
    const claims = await this.#readClaims(token);
    await this.#possession.require(token, (claims.cnf ?? {}) as TokenConfirmation, shown);
    await this.#requireStatus(claims);
    return describe(claims);
  }

  async #readClaims(token: string): Promise<JWTPayload> {
    const { issuer, audience, now } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        ...{ issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], clockTolerance: skewSeconds },
        ...{
          currentDate: new Date(now()),
          requiredClaims: ['exp', 'iat', 'jti', 'sub', 'agent', 'client_id'],
        },
      });
      return payload;
    } catch (cause) {
      const error = new CountersignError('token.invalid', 'the token is not valid here', 401);
      error.cause = cause;
      throw error;
    }
  }

  async #requireStatus(claims: JWTPayload): Promise<void> {
    const place = (claims.status as { status_list?: StatusPlace } | undefined)?.status_list;
    if (typeof place?.uri !== 'string')
      throw new CountersignError('token.invalid', 'it names no status', 401);
    let status: number;
    try {
      status = await this.#lists.read(place);
    } catch (error) {
      const ageMilliseconds = this.#options.now() - Number(claims.iat) * 1000;
      // Its issue was itself a word of the issuer, as fresh as a list would have to be.
      if (ageMilliseconds >= 0 && ageMilliseconds <= this.#freshnessMilliseconds) return;
      throw error;
    }
    if (status !== 0) throw new CountersignError('token.revoked', 'the token was revoked or stopped', 401);
  }
}

function describe(claims: JWTPayload): VerifiedToken {
  const { jti = '', sub = '', agent, client_id, owner, chain, task, act, iat = 0, exp = 0 } = claims;
  return {
    id: jti,
    agentId: String(agent),
    subject: sub,
    clientId: String(client_id),
    actors: listActors(act),
    ownerId: String(owner),
    chain: Array.isArray(chain) ? chain.map(String) : [],
    taskId: typeof task === 'string' ? task : null,
    skill: readSkill(claims.authorization_details),
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
  };
}

function readSkill(details: unknown): string | null {
  const [first] = Array.isArray(details) ? (details as readonly unknown[]) : [];
  const { skill } = (first ?? {}) as { skill?: unknown };
  return typeof skill === 'string' ? skill : null;
}

function listActors(act: unknown): string[] {
  const actors: string[] = [];
  for (let next = act; typeof next === 'object' && next !== null && actors.length < 32; ) {
    const { sub, act: earlier } = next as { sub?: unknown; act?: unknown };
    actors.push(String(sub));
    next = earlier;
  }
  return actors;
}
