import { request as startRequest } from 'node:http';
import type { EnrolledAgent, TestGateway } from '@countersign/testkit';

export interface ApiCall {
  readonly headers?: { readonly [name: string]: string | readonly string[] };
  readonly body?: string | Uint8Array;
  readonly token?: string;
  /** Which door; that of HTTP APIs where it is not said. */
  readonly door?: 'http' | 'models' | 'a2a';
  /** Told each piece of the answer as it comes. */
  readonly onData?: ((text: string) => void) | undefined;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
  readonly json: { readonly [name: string]: unknown };
}

/** One request below a door, its target sent exactly as it is given, with a token and a proof like any client's. */
export async function callApi(
  gateway: TestGateway,
  { agent, token: own }: EnrolledAgent,
  method: string,
  target: string,
  { headers = {}, body, token = own, door = 'http', onData }: ApiCall = {},
): Promise<ApiReply> {
  const url = `${gateway.url}/${door}/${target.split('?', 1)[0]}`;
  const attempt = async (nonce?: string) => {
    const proof = await agent.proof({ url, token, htm: method, ...(nonce === undefined ? {} : { nonce }) });
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    return sendExactly(gateway.url, {
      method,
      path: `/${door}/${target}`,
      headers: { ...json, ...headers, authorization: `DPoP ${token}`, dpop: proof },
      body,
      onData,
    });
  };
  const first = await attempt();
  const nonce = first.headers['dpop-nonce'];
  return first.body.includes('token.proof_nonce_needed') && typeof nonce === 'string'
    ? attempt(nonce)
    : first;
}

function sendExactly(
  url: string,
  message: {
    readonly method: string;
    readonly path: string;
    readonly headers: ApiCall['headers'] & object;
    readonly body: string | Uint8Array | undefined;
    readonly onData: ApiCall['onData'];
  },
): Promise<ApiReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : [...value],
      ]),
    );
    const request = startRequest({
      hostname,
      port,
      method: message.method,
      path: message.path,
      headers,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        text += chunk;
        message.onData?.(chunk);
      });
      response.on('error', () => resolve(describe(0, response.headers, text)));
      response.on('end', () => resolve(describe(response.statusCode ?? 0, response.headers, text)));
    });
    request.end(message.body);
  });
}

function describe(status: number, headers: ApiReply['headers'], body: string): ApiReply {
  try {
    const json: unknown = JSON.parse(body);
    return { status, headers, body, json: typeof json === 'object' && json !== null ? { ...json } : {} };
  } catch {
    return { status, headers, body, json: {} };
  }
}
