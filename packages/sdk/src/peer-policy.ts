import type { JWK } from 'jose';
import { type AgentKey, importAgentKey } from './agent-key.ts';
import { CountersignError, readError } from './countersign-error.ts';
import { createGovernedFetch } from './governed-fetch.ts';
import { TokenClient } from './token-client.ts';
import type { VerifiedCaller } from './verify-caller.ts';

export interface PeerPolicyOptions {
  /** Where Countersign is. */
  readonly issuer: string;
  /** The id of the enforcement point that the called agent is, `pep_…`. */
  readonly pointId: string;
  readonly key: AgentKey | JWK;
  /** What the called agent is named there. */
  readonly upstream: string;
  readonly fetch?: typeof fetch;
}

/** One message of A2A, as far as policy reads it. */
export interface PeerMessage {
  readonly parts: readonly object[];
  /** The skill that is asked for; that of the caller's token unless said, else any. */
  readonly skill?: string;
}

/** For an agent that others call without the gateway between: has the gateway decide on single messages (AuthZEN 1.0). */
export class PeerPolicy {
  readonly #issuer: string;
  readonly #upstream: string;
  readonly #send: typeof fetch;

  private constructor(issuer: string, upstream: string, send: typeof fetch) {
    this.#issuer = issuer;
    this.#upstream = upstream;
    this.#send = send;
  }

  static async create(options: PeerPolicyOptions): Promise<PeerPolicy> {
    const { pointId: agentId, upstream, fetch: send = fetch } = options;
    const issuer = new URL(options.issuer).origin;
    const key = 'privateKey' in options.key ? (options.key as AgentKey) : await importAgentKey(options.key);
    const client = new TokenClient({ issuer, agentId, key, fetch: send });
    return new PeerPolicy(issuer, upstream, createGovernedFetch(client, { resources: [] }, send));
  }

  /**
   * Returns once the message was decided on and allowed: it is recorded, and spends of the caller's task what a call through
   * the gateway would. Throws `CountersignError` with the reason, such as `action.denied`, `approval_required` or
   * `task.not_open`; also when the answer cannot be had.
   */
  async require(
    caller: Pick<VerifiedCaller, 'agent' | 'task' | 'skill'>,
    message: PeerMessage,
  ): Promise<void> {
    const { parts, skill = caller.skill } = message;
    if (caller.skill !== null && skill !== caller.skill)
      throw new CountersignError('action.not_in_limits', 'the token is for another skill', 403);
    const tool = skill === null ? 'message' : `message.${skill}`;
    const response = await this.#send(`${this.#issuer}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'agent', id: caller.agent, properties: { task: caller.task } },
        action: { name: 'call' },
        resource: { type: 'tool', id: `${this.#upstream}/${tool}`, properties: { arguments: { parts } } },
      }),
    });
    if (!response.ok) throw await readError(response);
    const answer = (await response.json()) as { decision?: unknown; context?: Answered };
    const { obligations = [], reason } = answer.context ?? {};
    if (answer.decision !== true)
      throw new CountersignError(
        typeof reason === 'string' ? reason : 'action.denied',
        'not allowed by policy',
        403,
      );
    // What it owes is for whoever shapes results; nobody does between two agents.
    if (obligations.some(({ properties }) => properties?.name !== 'countersign:notice'))
      throw new CountersignError('action.obligation_unmet', 'the answer would have to be redacted', 403);
  }
}

interface Answered {
  readonly obligations?: readonly { readonly properties?: { readonly name?: string } }[];
  readonly reason?: unknown;
}
