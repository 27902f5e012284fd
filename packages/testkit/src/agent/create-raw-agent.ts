import type { AgentKey } from '../keys/make-agent-key.ts';
import { type ClientAssertionInput, makeClientAssertion } from '../keys/make-client-assertion.ts';
import { type DpopForgery, makeDpopProof } from '../keys/make-dpop-proof.ts';
import { type HttpReply, type RawHeaders, sendHttp } from './send-http.ts';

export interface RawAgentOptions {
  /** The issuer, which is also the public URL of the gateway. */
  readonly issuer: string;
  readonly agentId: string;
  readonly key: AgentKey;
  /** Epoch milliseconds, for a server whose clock was moved. */
  readonly now?: () => number;
}

export interface TokenWish {
  readonly task?: string;
  readonly resource?: readonly string[];
  readonly form?: { readonly [name: string]: string };
  readonly assertion?: string;
  readonly forgeAssertion?: ClientAssertionInput['forge'];
  readonly forgeProof?: DpopForgery;
  readonly proofKey?: AgentKey;
}

export interface McpCall {
  readonly url: string;
  readonly token: string;
  /** A JSON-RPC message, or the very bytes to send. */
  readonly message: object | string | Uint8Array;
  readonly headers?: RawHeaders;
  readonly scheme?: 'DPoP' | 'Bearer';
  readonly proofs?: readonly string[];
  readonly proofKey?: AgentKey;
  readonly htm?: string;
  readonly htu?: string;
  readonly at?: number;
  /** Undefined for the nonce last given; null for none at all. */
  readonly nonce?: string | null;
  readonly forgeProof?: DpopForgery;
  readonly signal?: AbortSignal;
  readonly patienceMilliseconds?: number;
  readonly maxBytes?: number;
}

/** An agent in plain HTTP and `jose`: it does everything by the book, except what a test tells it to get wrong. */
export interface RawAgent {
  readonly agentId: string;
  readonly key: AgentKey;
  /** The raw reply of the token endpoint; a demand for a nonce is followed once. */
  requestToken(wish?: TokenWish): Promise<HttpReply>;
  /** Throws when none is issued. */
  token(wish?: TokenWish): Promise<string>;
  openTask(input: object): Promise<{ readonly id: string; readonly [name: string]: unknown }>;
  endTask(taskId: string): Promise<HttpReply>;
  /** Any request with a token and a proof; a demand for a nonce is followed once, unless the call says which to use. */
  send(call: McpCall): Promise<HttpReply>;
  proof(call: Omit<McpCall, 'message'>): Promise<string>;
  /** The nonce last given by the server. */
  nonce(): string | undefined;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function createRawAgent({ issuer, agentId, key, now = Date.now }: RawAgentOptions): RawAgent {
  let nonce: string | undefined;
  const follow = async (attempt: () => Promise<HttpReply>, fixed: boolean): Promise<HttpReply> => {
    const first = await attempt();
    const given = first.headers['dpop-nonce'];
    if (given !== undefined) nonce = given;
    const demanded = (first.status === 400 || first.status === 401) && demandsNonce(first);
    return demanded && !fixed ? follow(attempt, true) : first;
  };

  const agent: RawAgent = {
    agentId,
    key,
    nonce: () => nonce,
    requestToken(wish = {}) {
      const attempt = async () => {
        const url = `${issuer}/oauth/token`;
        const made = { key, clientId: agentId, audience: issuer, at: now() };
        const assertion =
          wish.assertion ??
          (await makeClientAssertion({
            ...made,
            ...(wish.forgeAssertion && { forge: wish.forgeAssertion }),
          }));
        const proof = await makeDpopProof({
          key: wish.proofKey ?? key,
          htm: 'POST',
          htu: url,
          at: now(),
          ...(nonce !== undefined && { nonce }),
          ...(wish.forgeProof && { forge: wish.forgeProof }),
        });
        const form = new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: assertion,
          ...(wish.task && {
            authorization_details: JSON.stringify([{ type: 'agent_task', task: wish.task }]),
          }),
          ...wish.form,
        });
        for (const resource of wish.resource ?? []) form.append('resource', resource);
        const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop: proof };
        return sendHttp({ url, headers, body: form.toString() });
      };
      return follow(attempt, false);
    },
    async token(wish) {
      const reply = await agent.requestToken(wish);
      const token = (reply.json as { access_token?: string } | undefined)?.access_token;
      if (token === undefined) throw new Error(`no token: ${reply.status} ${reply.body}`);
      return token;
    },
    async openTask(input) {
      const reply = await agent.send({
        url: `${issuer}/v1/tasks`,
        token: await agent.token(),
        message: input,
      });
      const task = reply.json as { id: string } | undefined;
      if (reply.status >= 300 || task === undefined)
        throw new Error(`no task: ${reply.status} ${reply.body}`);
      return task;
    },
    async endTask(taskId) {
      return agent.send({ url: `${issuer}/v1/tasks/${taskId}/end`, token: await agent.token(), message: {} });
    },
    proof: (call) =>
      makeDpopProof({
        key: call.proofKey ?? key,
        htm: call.htm ?? 'POST',
        htu: call.htu ?? call.url,
        accessToken: call.token,
        at: call.at ?? now(),
        ...withNonce(call.nonce === undefined ? nonce : call.nonce),
        ...(call.forgeProof && { forge: call.forgeProof }),
      }),
    send(call) {
      const attempt = async () => {
        const proofs = call.proofs ?? (call.scheme === 'Bearer' ? [] : [await agent.proof(call)]);
        const headers = {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `${call.scheme ?? 'DPoP'} ${call.token}`,
          ...(proofs.length > 0 && { dpop: proofs.length === 1 ? proofs[0] : [...proofs] }),
          ...call.headers,
        };
        const { message } = call;
        const body =
          typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message);
        const { url, signal, patienceMilliseconds, maxBytes } = call;
        return sendHttp({
          url,
          headers,
          body,
          ...(signal && { signal }),
          ...(patienceMilliseconds !== undefined && { patienceMilliseconds }),
          ...(maxBytes !== undefined && { maxBytes }),
        });
      };
      return follow(attempt, call.nonce !== undefined || call.proofs !== undefined);
    },
  };
  return agent;
}

function withNonce(nonce: string | null | undefined): { nonce?: string } {
  return typeof nonce === 'string' ? { nonce } : {};
}

function demandsNonce(reply: HttpReply): boolean {
  const error = (reply.json as { error?: unknown } | undefined)?.error;
  return error === 'use_dpop_nonce' || (reply.headers['www-authenticate'] ?? '').includes('use_dpop_nonce');
}
