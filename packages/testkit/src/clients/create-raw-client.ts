import { createHash, randomBytes } from 'node:crypto';
import { type HttpReply, sendHttp } from '../agent/send-http.ts';
import type { TestPerson } from '../gateway/test-gateway.ts';
import type { AgentKey } from '../keys/make-agent-key.ts';
import { makeDpopProof } from '../keys/make-dpop-proof.ts';
import { openConsent, readLocation } from './open-consent.ts';

export interface RawClientOptions {
  /** The gateway, which is also the issuer. */
  readonly url: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly resource: string;
  /** Proves possession of it where it can. */
  readonly key?: AgentKey;
  readonly now?: () => number;
}

/** Parameters to add or replace; undefined leaves one out. */
export type Changes = { readonly [name: string]: string | undefined };

export interface RawTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

/** An application for people that sends exactly what it is told to, right or wrong. */
export interface RawClient {
  readonly verifier: string;
  readonly state: string;
  /** What it would send people to. */
  link(changes?: Changes): string;
  push(changes?: Changes): Promise<HttpReply>;
  /** Redeems a code. */
  exchange(code: string, changes?: Changes): Promise<HttpReply>;
  refresh(refreshToken: string, changes?: Changes): Promise<HttpReply>;
  /** Has a person consent to what the page suggests, or to what they tick, and takes the code. */
  obtainCode(
    person: TestPerson,
    options?: { readonly choices?: object; readonly link?: string },
  ): Promise<string>;
  obtain(person: TestPerson, options?: { readonly choices?: object }): Promise<RawTokens>;
}

export function createRawClient(options: RawClientOptions): RawClient {
  const { url, clientId, redirectUri, resource, key, now = Date.now } = options;
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const request: Changes = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource,
  };
  let nonce: string | undefined;
  const prove = (path: string): Promise<string> | undefined =>
    key && makeDpopProof({ key, htm: 'POST', htu: url + path, at: now(), ...(nonce ? { nonce } : {}) });
  const post = async (path: string, form: Changes, retry = true): Promise<HttpReply> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop: await prove(path) };
    const reply = await sendHttp({ url: url + path, headers, body: write(form).toString() });
    nonce = reply.headers['dpop-nonce'] ?? nonce;
    const { error } = (reply.json ?? {}) as { readonly error?: string };
    return error === 'use_dpop_nonce' && retry ? post(path, form, false) : reply;
  };
  const client: RawClient = {
    verifier,
    state,
    link: (changes = {}) => `${url}/oauth/authorize?${write({ ...request, ...changes })}`,
    push: (changes = {}) => post('/oauth/par', { ...request, ...changes }),
    exchange: (code, changes = {}) =>
      post('/oauth/token', {
        ...{ grant_type: 'authorization_code', code, client_id: clientId },
        ...{ redirect_uri: redirectUri, code_verifier: verifier, ...changes },
      }),
    refresh: (refreshToken, changes = {}) =>
      post('/oauth/token', {
        ...{ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, ...changes },
      }),
    async obtainCode(person, { choices, link } = {}) {
      const consent = await openConsent(person, link ?? client.link());
      if (choices !== undefined) await consent.choose(choices);
      const code = readLocation(await consent.grant()).searchParams.get('code');
      if (code === null) throw new Error('no code');
      return code;
    },
    async obtain(person, given = {}) {
      const reply = await client.exchange(await client.obtainCode(person, given));
      if (reply.status !== 200) throw new Error(`no token: ${reply.status} ${reply.body}`);
      return reply.json as RawTokens;
    },
  };
  return client;
}

function write(form: Changes): URLSearchParams {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined) written.append(name, value);
  return written;
}
