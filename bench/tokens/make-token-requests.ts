import { type KeyObject, randomUUID, sign } from 'node:crypto';
import type { AgentKey } from '../path/make-requests.ts';

export interface TokenClient {
  readonly key: AgentKey;
  readonly agentId: string;
  readonly taskId: string;
}

/** `count` requests for a task's token as they go over the wire, the agents in turn, each with its own assertion and proof. */
export function makeTokenRequests(
  clients: readonly TokenClient[],
  at: { readonly issuer: string; readonly resource: string; readonly nonce: string; readonly count: number },
): Buffer[] {
  return Array.from({ length: at.count }, (_, i) => {
    const client = clients[i % clients.length];
    if (client === undefined) throw new Error('there is no agent');
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: makeAssertion(client, at.issuer),
      resource: at.resource,
      authorization_details: JSON.stringify([{ type: 'agent_task', task: client.taskId }]),
    });
    return makeFormRequest(client, at, form);
  });
}

/** A form for the token endpoint with the agent's proof. */
export function makeFormRequest(
  client: TokenClient,
  at: { readonly issuer: string; readonly nonce: string },
  form: URLSearchParams,
): Buffer {
  const body = form.toString();
  const htu = `${at.issuer}/oauth/token`;
  const iat = Math.floor(Date.now() / 1000);
  const claims = { jti: randomUUID(), htm: 'POST', htu, iat, nonce: at.nonce };
  const lines = [
    'POST /oauth/token HTTP/1.1',
    `host: ${new URL(at.issuer).host}`,
    'content-type: application/x-www-form-urlencoded',
    `dpop: ${signJwt(client.key.header, claims, client.key.privateKey)}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

export function makeAssertion({ agentId, key }: TokenClient, issuer: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: agentId, sub: agentId, aud: issuer, iat, exp: iat + 60, jti: randomUUID() };
  return signJwt(encode({ alg: 'ES256', typ: 'client-authentication+jwt' }), claims, key.privateKey);
}

function signJwt(header: string, claims: object, key: KeyObject): string {
  const signed = `${header}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
