import type { JWK } from 'jose';
import { type AgentKey, generateAgentKey, importAgentKey } from './agent-key.ts';
import { type Ask, type AuthorityWish, beginAsk, type CallWish } from './ask.ts';
import { CountersignError, readError } from './countersign-error.ts';
import { type ExchangeWish, exchangeToken } from './exchange-token.ts';
import { createGovernedFetch } from './governed-fetch.ts';
import { GrantedCall } from './granted-call.ts';
import { type DelegationFacts, describePassOn, type PassOnInput } from './pass-on.ts';
import { Task, type TaskFacts } from './task.ts';
import { type Possession, type Token, TokenClient, type WorkloadAssertion } from './token-client.ts';
import type { CallerRequest } from './verify-caller.ts';

export interface AgentOptions {
  /** Where Countersign is, such as `https://gate.example.com`. */
  readonly url: string;
  /** The id that registration gave, `agt_…`. */
  readonly agentId: string;
  /** The agent's own key; may be left out when it is a workload, which then makes one that lives as long as the process. */
  readonly key?: AgentKey | JWK;
  /**
   * What the agent's platform says it is, asked for anew for each token. It counts only with the key it first came with:
   * a program that ends and starts again must have a new one, or the same key.
   */
  readonly workload?: WorkloadAssertion;
  /** For tests, proxies and certificates. */
  readonly fetch?: typeof fetch;
  /** With `connection`, `fetch` must show a certificate that `createCertificate` made of `key`. */
  readonly possession?: Possession;
}

export interface TaskInput {
  readonly purpose: string;
  /** What the person asked for, in their words: kept as evidence, and what it calls for passes without asking them again. */
  readonly prompt?: string;
  /** The delegation to act under; the agent's default when absent. */
  readonly delegationId?: string;
  readonly ttlSeconds?: number;
  /** Narrower limits than the delegation's. */
  readonly limits?: Readonly<Record<string, unknown>>;
}

/** An agent that proves itself with its own key and works in tasks. */
export class Agent {
  readonly url: string;
  readonly agentId: string;
  readonly #key: AgentKey;
  readonly #workload: WorkloadAssertion | undefined;
  readonly #send: typeof fetch;
  readonly #possession: Possession;
  readonly #control: typeof fetch;

  private constructor(options: AgentOptions, key: AgentKey) {
    this.url = new URL(options.url).origin;
    this.agentId = options.agentId;
    this.#key = key;
    this.#workload = options.workload;
    this.#send = options.fetch ?? fetch;
    this.#possession = options.possession ?? 'proof';
    this.#control = createGovernedFetch(this.createTokenClient(), { resources: [] }, this.#send);
  }

  /** Reads the key or makes one; nothing is sent yet. Throws `TypeError` for one that is not private P-256 or Ed25519. */
  static async create(options: AgentOptions): Promise<Agent> {
    return new Agent(options, await readKey(options));
  }

  /** Opens a task; everything issued under it ends with it. Throws `CountersignError`. */
  async openTask(input: TaskInput): Promise<Task> {
    const facts = (await this.#call('POST', '/v1/tasks', input)) as TaskFacts;
    return this.resumeTask(facts);
  }

  /** The handle of a task that is open already. */
  resumeTask(facts: TaskFacts): Task {
    const path = `/v1/tasks/${encodeURIComponent(facts.id)}`;
    const call = (method: string, below: string, body?: object): Promise<unknown> =>
      this.#call(method, path + below, body);
    return new Task({ facts, url: this.url, client: this.createTokenClient(), send: this.#send, call });
  }

  /**
   * Asks a person for authority to act for them; nothing is given before they agree. They may give less. Throws
   * `CountersignError`, such as `token.asked_too_often`.
   */
  async askForAuthority(wish: AuthorityWish): Promise<Ask<Task>> {
    const client = this.createTokenClient();
    const details = { type: 'agent_delegation', purpose: wish.purpose, limits: wish.limits };
    return beginAsk(client, { ...wish, details }, async ({ task }) => {
      const facts = await this.#call('GET', `/v1/tasks/${encodeURIComponent(task)}`);
      return this.resumeTask(facts as TaskFacts);
    });
  }

  /**
   * Asks for one exact call to happen once; it goes out when its answer is used. Throws `CountersignError`, `action.denied`
   * among them when policy would refuse it whoever agreed.
   */
  async askForCall(wish: CallWish): Promise<Ask<GrantedCall>> {
    const client = this.createTokenClient();
    const { upstream, tool, arguments: args, delegationId } = wish;
    const named = delegationId === undefined ? {} : { delegation: delegationId };
    const details = { type: 'mcp_tool_call', upstream, tool, arguments: args, ...named };
    return beginAsk(client, { ...wish, details }, async ({ token }) => {
      const request = async (): Promise<Token> => token;
      const { issuer, proofs } = client;
      const send = createGovernedFetch({ issuer, proofs, request }, { resources: [] }, this.#send);
      return new GrantedCall({ url: this.url, upstream, tool, arguments: args, send });
    });
  }

  /**
   * Lets another agent act on a part of what this one holds; what both spend counts together. Ends with the delegation or
   * task it is a part of. Throws `CountersignError`, such as `delegation.exceeds_parent` or `delegation.too_deep`.
   */
  async passOn(input: PassOnInput): Promise<DelegationFacts> {
    return (await this.#call('POST', '/v1/delegations', describePassOn(input))) as DelegationFacts;
  }

  /** Takes back what this agent passed on, and all that was made of it; calls in flight are cut. Throws `CountersignError`. */
  async takeBack(delegationId: string): Promise<void> {
    await this.#call('POST', `/v1/delegations/${encodeURIComponent(delegationId)}/revoke`, {});
  }

  /**
   * Helps with the task of an agent that passed authority on to this one, and gave it a token (`Task.tokenFor`): opens a
   * task that works for the other's, within both, and ends with it. Throws `CountersignError`, such as
   * `token.exchange_refused` or `token.subject_invalid`.
   */
  async exchange(subjectToken: string, wish: ExchangeWish = {}): Promise<Task> {
    const task = await exchangeToken(this.createTokenClient(), subjectToken, wish);
    const facts = await this.#call('GET', `/v1/tasks/${encodeURIComponent(task)}`);
    return this.resumeTask(facts as TaskFacts);
  }

  /**
   * Helps with the task of the agent whose message the gateway has passed on in this request (docs/a2a.md). Throws
   * `CountersignError`: `token.subject_invalid` where nothing was handed over, else what `exchange` throws.
   */
  async helpWith(request: Pick<CallerRequest, 'headers'>, wish: ExchangeWish = {}): Promise<Task> {
    const handedOver = request.headers.get('countersign-task') ?? '';
    // Repeated header lines arrive joined by a comma, which no token contains.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(handedOver))
      throw new CountersignError('token.subject_invalid', 'no task was handed over with this request', 400);
    return this.exchange(handedOver, wish);
  }

  async listTasks(): Promise<readonly TaskFacts[]> {
    return ((await this.#call('GET', '/v1/tasks')) as { items: readonly TaskFacts[] }).items;
  }

  /** Tokens of its own for callers that bring their own transport. */
  createTokenClient(): TokenClient {
    return new TokenClient({
      ...{ issuer: this.url, agentId: this.agentId, key: this.#key },
      ...{ fetch: this.#send, workload: this.#workload, possession: this.#possession },
    });
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit =
      body === undefined
        ? { method }
        : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await this.#control(`${this.url}${path}`, init);
    if (!response.ok) throw await readError(response);
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json'))
      throw new CountersignError('http.unexpected', 'the answer is not JSON', response.status);
    return response.json();
  }
}

async function readKey({ key, workload }: AgentOptions): Promise<AgentKey> {
  if (key === undefined) {
    if (workload === undefined) throw new TypeError('an agent needs a key, or to be a workload');
    return (await generateAgentKey()).key;
  }
  return 'privateKey' in key ? (key as AgentKey) : importAgentKey(key as JWK);
}
