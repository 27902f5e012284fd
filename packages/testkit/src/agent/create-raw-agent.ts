import type { AgentKey } from '../keys/make-agent-key.ts';
import { type DpopForgery, makeDpopProof } from '../keys/make-dpop-proof.ts';
import { followNonce } from './follow-nonce.ts';
import { makeTokenRequest, type TokenWish } from './make-token-request.ts';
import { type HttpMessage, type HttpReply, type RawHeaders, sendHttp } from './send-http.ts';

export interface RawAgentOptions {
  /** The issuer, which is also the public URL of the gateway. */
  readonly issuer: string;
  readonly agentId: string;
  readonly key: AgentKey;
  /** Epoch milliseconds, for a server whose clock was moved. */
  readonly now?: () => number;
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
  /** POST unless said; the proof names it too, unless `htm` says otherwise. */
  readonly method?: string;
  readonly htm?: string;
  readonly htu?: string;
  readonly at?: number;
  /** Undefined for the nonce last given; null for none at all. */
  readonly nonce?: string | null;
  readonly forgeProof?: DpopForgery;
  readonly signal?: AbortSignal;
  readonly certificate?: HttpMessage['certificate'];
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

export function createRawAgent({ issuer, agentId, key, now = Date.now }: RawAgentOptions): RawAgent {
  let nonce: string | undefined;
  const remember = (given: string) => {
    nonce = given;
  };
  const proof: RawAgent['proof'] = (call) =>
    makeDpopProof({
      key: call.proofKey ?? key,
      htm: call.htm ?? call.method ?? 'POST',
      htu: call.htu ?? call.url,
      accessToken: call.token,
      at: call.at ?? now(),
      ...withNonce(call.nonce === undefined ? nonce : call.nonce),
      ...(call.forgeProof && { forge: call.forgeProof }),
    });
  const requestToken: RawAgent['requestToken'] = (wish = {}) =>
    followNonce(async () => {
      const request = await makeTokenRequest(wish, { issuer, agentId, key, now, nonce });
      return sendHttp(request);
    }, remember);
  const token: RawAgent['token'] = async (wish) => {
    const reply = await requestToken(wish);
    const issued = (reply.json as { access_token?: string } | undefined)?.access_token;
    if (issued === undefined) throw new Error(`no token: ${reply.status} ${reply.body}`);
    return issued;
  };
  const send: RawAgent['send'] = (call) => {
    const attempt = async () =>
      sendCall(call, call.proofs ?? (call.scheme === 'Bearer' ? [] : [await proof(call)]));
    const isFixed = call.nonce !== undefined || call.proofs !== undefined;
    return followNonce(attempt, remember, isFixed);
  };

  return {
    agentId,
    key,
    nonce: () => nonce,
    proof,
    requestToken,
    token,
    send,
    async openTask(input) {
      const reply = await send({ url: `${issuer}/v1/tasks`, token: await token(), message: input });
      const task = reply.json as { id: string } | undefined;
      if (reply.status >= 300 || task === undefined)
        throw new Error(`no task: ${reply.status} ${reply.body}`);
      return task;
    },
    endTask: async (taskId) =>
      send({ url: `${issuer}/v1/tasks/${taskId}/end`, token: await token(), message: {} }),
  };
}

function sendCall(call: McpCall, proofs: readonly string[]): Promise<HttpReply> {
  const { url, message, signal, certificate, patienceMilliseconds, maxBytes } = call;
  return sendHttp({
    url,
    ...(call.method && { method: call.method }),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `${call.scheme ?? 'DPoP'} ${call.token}`,
      ...(proofs.length > 0 && { dpop: proofs }),
      ...call.headers,
    },
    ...(call.method !== 'GET' && { body: toBody(message) }),
    ...(signal && { signal }),
    ...(certificate && { certificate }),
    ...(patienceMilliseconds !== undefined && { patienceMilliseconds }),
    ...(maxBytes !== undefined && { maxBytes }),
  });
}

function toBody(message: McpCall['message']): string | Uint8Array {
  return typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message);
}

function withNonce(nonce: string | null | undefined): { nonce?: string } {
  return typeof nonce === 'string' ? { nonce } : {};
}
