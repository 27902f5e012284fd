import { confirmActive } from './confirm-active.ts';
import { CountersignError } from './countersign-error.ts';
import { TokenVerifier, type TokenVerifierOptions } from './token-verifier.ts';

export interface CallerOptions extends Pick<TokenVerifierOptions, 'issuer' | 'audience' | 'fetch'> {
  /** Where the caller sent the request, when a proxy in front gives it another address. */
  readonly url?: string;
  /**
   * The token of an introspection client (`tokens add-introspection-client`): the issuer itself is asked about each request, so
   * that what was revoked counts at once and not when a status list is next fetched.
   */
  readonly confirm?: string;
}

/** What is read of a request: a `Request`, or the same of another framework. */
export interface CallerRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** Who calls, for whom, under which authority and for which piece of work. */
export interface VerifiedCaller {
  /** The agent that calls, `agt_…`. */
  readonly agent: string;
  /** The person accountable for it, `per_…`. */
  readonly person: string;
  /** Whose authority it is: the agent itself, or whom it acts for. */
  readonly subject: string;
  /** The agents it came through, the newest first. */
  readonly actors: readonly string[];
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  readonly task: string | null;
  /** The only skill it may be asked for; null for any. */
  readonly skill: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

// Kept, because each remembers the proofs that it has seen: a new one would take them again.
const verifiers = new WeakMap<typeof fetch, Map<string, TokenVerifier>>();

/**
 * Believes a request only when its token was issued for this audience and its proof made for this very request with the
 * caller's own key (RFC 9449 §7.1); each proof is good once in this process. Throws `CountersignError` with what
 * `TokenVerifier.verify` throws.
 */
export async function verifyCaller(request: CallerRequest, options: CallerOptions): Promise<VerifiedCaller> {
  const [scheme, token = '', ...others] = (request.headers.get('authorization') ?? '').split(' ');
  const proof = request.headers.get('dpop') ?? '';
  // Repeated header lines arrive joined by a comma, which no proof contains.
  if (
    scheme?.toLowerCase() !== 'dpop' ||
    token === '' ||
    others.length > 0 ||
    !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(proof)
  )
    throw new CountersignError('token.proof_invalid', 'a token bound to a key and one proof are needed', 401);
  const dpop = { proof, method: request.method, url: options.url ?? request.url };
  const known = await findVerifier(options).verify(token, { dpop });
  const { confirm, issuer, fetch: send = fetch } = options;
  if (confirm !== undefined) await confirmActive(token, { issuer, confirm, fetch: send });
  const { agentId: agent, ownerId: person, subject, actors, chain, taskId: task, skill, expiresAt } = known;
  return { agent, person, subject, actors, chain, task, skill, expiresAt };
}

function findVerifier({ issuer, audience, fetch: send = fetch }: CallerOptions): TokenVerifier {
  const held = verifiers.get(send) ?? new Map<string, TokenVerifier>();
  verifiers.set(send, held);
  const key = JSON.stringify([issuer, audience]);
  const verifier = held.get(key) ?? new TokenVerifier({ issuer, audience, fetch: send });
  held.set(key, verifier);
  return verifier;
}
