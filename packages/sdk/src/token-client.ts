import { SignJWT } from 'jose';
import type { AgentKey } from './agent-key.ts';
import { readError } from './countersign-error.ts';
import { asksForNonce, ProofMaker } from './proof.ts';

export interface Token {
  readonly value: string;
  /** `DPoP` needs a proof with each request, `Bearer` the connection it is bound to. */
  readonly type: 'DPoP' | 'Bearer';
  /** Epoch milliseconds, a little early so that a token is not used while it expires. */
  readonly freshUntil: number;
}

/**
 * How the agent proves that it has its key: a DPoP proof with every request (RFC 9449), or once for each TLS connection,
 * which then has to show a certificate of the key (RFC 8705).
 */
export type Possession = 'proof' | 'connection';

export interface TokenRequest {
  /** RFC 8707 resources; none asks for a control token. */
  readonly resources: readonly string[];
  /** RFC 9396: the task the token is for. */
  readonly task?: string;
  /** The skill of a peer agent that is called without the gateway. */
  readonly skill?: string;
}

/** What the agent's platform says it is: a SPIFFE JWT-SVID, a Kubernetes service account token, a GitHub Actions token. */
export type WorkloadAssertion = () => string | Promise<string>;

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionSeconds = 60;
const earlyMilliseconds = 20_000;

/** Every answer of these endpoints carries a nonce; only one of them asks for another try. */
async function isNonceDemand(response: Response): Promise<boolean> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return (body as { error?: unknown } | null)?.error === 'use_dpop_nonce';
}

/**
 * Tokens bound to the agent's key by DPoP (RFC 9449), one nonce retry. The agent proves itself with that key
 * (`private_key_jwt`, RFC 7523 §2.2), by what its platform says it is (RFC 7523 §2.1), or by the certificate of its
 * connections, to which its tokens are bound then (RFC 8705).
 */
export class TokenClient {
  readonly issuer: string;
  readonly proofs: ProofMaker;
  readonly #agentId: string;
  readonly #key: AgentKey;
  readonly #fetch: typeof fetch;
  readonly #workload: WorkloadAssertion | undefined;
  readonly #possession: Possession;

  /** With `connection`, `fetch` shows the agent's certificate on every connection. */
  constructor(options: {
    issuer: string;
    agentId: string;
    key: AgentKey;
    fetch: typeof fetch;
    workload?: WorkloadAssertion | undefined;
    possession?: Possession | undefined;
  }) {
    this.issuer = options.issuer;
    this.#agentId = options.agentId;
    this.#key = options.key;
    this.#fetch = options.fetch;
    this.#workload = options.workload;
    this.#possession = options.possession ?? 'proof';
    this.proofs = new ProofMaker(options.key);
  }

  /** Throws `CountersignError`. */
  async request(request: TokenRequest, signal?: AbortSignal): Promise<Token> {
    let response = await this.#send(request, signal);
    if (asksForNonce(response)) response = await this.#send(request, signal);
    if (!response.ok) throw await readError(response);
    const body = (await response.json()) as { access_token: string; token_type: string; expires_in: number };
    const type = body.token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
    const freshUntil = Date.now() + body.expires_in * 1000 - earlyMilliseconds;
    return { value: body.access_token, type, freshUntil };
  }

  /**
   * A form to an OAuth endpoint of the issuer, as this agent and with its proof; what the endpoint answers. Throws
   * `CountersignError`.
   */
  async post(
    path: `/oauth/${string}`,
    fields: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const attempt = async (): Promise<Response> =>
      this.#post(path, new URLSearchParams({ ...(await this.#identify()), ...fields }), signal);
    let response = await attempt();
    if (asksForNonce(response) && (await isNonceDemand(response))) response = await attempt();
    if (!response.ok) throw await readError(response);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }

  async #send(request: TokenRequest, signal: AbortSignal | undefined): Promise<Response> {
    const form = new URLSearchParams(await this.#authenticate());
    for (const resource of request.resources) form.append('resource', resource);
    if (request.task !== undefined) {
      form.set(
        'authorization_details',
        JSON.stringify([{ type: 'agent_task', task: request.task, skill: request.skill }]),
      );
    }
    return this.#post('/oauth/token', form, signal);
  }

  async #post(path: string, form: URLSearchParams, signal: AbortSignal | undefined): Promise<Response> {
    const url = `${this.issuer}${path}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...(this.#possession === 'proof' ? { dpop: await this.proofs.prove('POST', url) } : {}),
    };
    const init: RequestInit = { method: 'POST', headers, body: form.toString(), redirect: 'error' };
    const response = await this.#fetch(url, signal === undefined ? init : { ...init, signal });
    this.proofs.learn(url, response);
    return response;
  }

  async #authenticate(): Promise<Record<string, string>> {
    if (this.#workload !== undefined) return { grant_type: jwtBearer, assertion: await this.#workload() };
    return { grant_type: 'client_credentials', ...(await this.#identify()) };
  }

  /** Who asks, where that is not the grant itself. */
  async #identify(): Promise<Record<string, string>> {
    if (this.#workload === undefined && this.#possession === 'connection') {
      return { client_id: this.#agentId };
    }
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await (this.#workload === undefined ? this.#assert() : this.#workload()),
    };
  }

  #assert(): Promise<string> {
    return new SignJWT({})
      .setProtectedHeader({
        alg: this.#key.algorithm,
        typ: 'client-authentication+jwt',
        kid: this.#key.thumbprint,
      })
      .setIssuer(this.#agentId)
      .setSubject(this.#agentId)
      .setAudience(this.issuer)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${assertionSeconds}s`)
      .sign(this.#key.privateKey);
  }
}
