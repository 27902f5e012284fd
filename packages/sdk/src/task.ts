import { createGovernedFetch } from './governed-fetch.ts';
import type { AskedAmendment, IntendedCall, TaskGrant } from './task-grant.ts';
import type { TokenClient } from './token-client.ts';

export interface TaskFacts {
  /** `tsk_…` */
  readonly id: string;
  readonly purpose: string;
  /** The task it works for, if any. */
  readonly parentTaskId?: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** One piece of work: its tokens are good for it alone and die with it. */
export class Task implements AsyncDisposable {
  readonly id: string;
  readonly facts: TaskFacts;
  readonly #url: string;
  readonly #client: TokenClient;
  readonly #send: typeof fetch;
  readonly #call: (method: string, path: string, body?: object) => Promise<unknown>;
  readonly #fetches = new Map<string, typeof fetch>();

  constructor(parts: {
    facts: TaskFacts;
    url: string;
    client: TokenClient;
    send: typeof fetch;
    /** As the agent, below the task's own path. */
    call: (method: string, path: string, body?: object) => Promise<unknown>;
  }) {
    this.id = parts.facts.id;
    this.facts = parts.facts;
    this.#url = parts.url;
    this.#client = parts.client;
    this.#send = parts.send;
    this.#call = parts.call;
  }

  /** The MCP endpoint of an upstream, for any client that takes a URL and a `fetch`. */
  endpoint(upstream: string): URL {
    return new URL(`/mcp/${encodeURIComponent(upstream)}`, this.#url);
  }

  /** A `fetch` with this task's token for one upstream and a proof on every request. */
  fetchFor(upstream: string): typeof fetch {
    let governed = this.#fetches.get(upstream);
    if (governed === undefined) {
      const resources = [this.endpoint(upstream).href];
      governed = createGovernedFetch(this.#client, { resources, task: this.id }, this.#send);
      this.#fetches.set(upstream, governed);
    }
    return governed;
  }

  /**
   * A `fetch` for a peer agent at this exact address, without the gateway between: its token is for the peer alone, and each
   * request carries a proof. The operator has to let agents call that peer themselves, and policy has to permit the skill each
   * time that a token is issued.
   */
  fetchPeer(url: string, { skill }: { readonly skill?: string } = {}): typeof fetch {
    const request = { resources: [url], task: this.id, ...(skill === undefined ? {} : { skill }) };
    return createGovernedFetch(this.#client, request, this.#send, url);
  }

  /**
   * A token of this task for an agent that helps with it: worth nothing to it but an exchange (`Agent.exchange`), and to
   * anybody else nothing at all. Good for a few minutes. Throws `CountersignError`.
   */
  async tokenFor(...upstreams: readonly string[]): Promise<string> {
    const resources = upstreams.map((upstream) => this.endpoint(upstream).href);
    return (await this.#client.request({ resources, task: this.id })).value;
  }

  /** Ends the task: its tokens stop working at once, in calls in flight too. */
  async end(): Promise<void> {
    await this.#call('POST', '/end', {});
  }

  /** What the task may do without a person being asked. Throws `CountersignError`. */
  async grant(): Promise<TaskGrant> {
    return (await this.#call('GET', '/grant')) as TaskGrant;
  }

  /**
   * Says what the person asked for, of a task that was opened without it: once, and before anything was done in it. Throws
   * `CountersignError`, `task.prompt_fixed` among them.
   */
  async givePrompt(prompt: string): Promise<TaskGrant> {
    return (await this.#call('POST', '/prompt', { prompt })) as TaskGrant;
  }

  /**
   * Announces what it is about to do beyond its plan, so that people are asked once for all of it. Nothing passes before
   * they agree, and they may agree to less. Throws `CountersignError`: `task.plan_unchanged` when nobody has to be asked.
   */
  async amend(calls: readonly IntendedCall[]): Promise<AskedAmendment> {
    return (await this.#call('POST', '/grant/amendments', { calls })) as AskedAmendment;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
