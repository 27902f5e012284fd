import { generateKeyPairSync, hash, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';

/** The key of an agent, which never leaves this process. */
export interface AgentKey {
  readonly privateKey: KeyObject;
  readonly publicJwk: JsonWebKey;
  /** First part of its proofs, always the same. */
  readonly header: string;
}

export interface Caller {
  readonly key: AgentKey;
  readonly accessToken: string;
  /** Possession is proven by the connection, not by each call. */
  readonly isBoundToCertificate?: boolean;
}

const revision = '2026-07-28';
const usualOrder = 'o-20260728-0017';

function writeBody(order: string): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'look_up',
      arguments: { order, lines: 12, note: 'x'.repeat(600) },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': revision,
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
}

export function makeAgentKey(): AgentKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const publicJwk = { kty, crv, x, y };
  return { privateKey, publicJwk, header: encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk }) };
}

/** `count` calls of about 1 KB as they go over the wire, the callers in turn from `first` on, each with a proof of its own. */
export function makeRequests(
  callers: readonly Caller[],
  at: {
    readonly url: string;
    readonly nonce: string;
    readonly count: number;
    readonly first?: number;
    readonly order?: string;
  },
): Buffer[] {
  const body = writeBody(at.order ?? usualOrder);
  const requests: Buffer[] = [];
  for (let i = 0; i < at.count; i++) {
    const caller = callers[((at.first ?? 0) + i) % callers.length];
    if (caller === undefined) throw new Error('there is no caller');
    requests.push(makeRequest(caller, { ...at, body }));
  }
  return requests;
}

function makeRequest(
  caller: Caller,
  { url, nonce, body }: { readonly url: string; readonly nonce: string; readonly body: string },
): Buffer {
  const { host, pathname } = new URL(url);
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
    ...(caller.isBoundToCertificate === true
      ? [`authorization: Bearer ${caller.accessToken}`]
      : [`authorization: DPoP ${caller.accessToken}`, `dpop: ${prove(caller, url, nonce)}`]),
    `mcp-protocol-version: ${revision}`,
    'mcp-method: tools/call',
    'mcp-name: look_up',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function prove({ key, accessToken }: Caller, url: string, nonce: string): string {
  const claims = {
    jti: randomUUID(),
    htm: 'POST',
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    ath: hash('sha256', accessToken, 'base64url'),
    nonce,
  };
  const signed = `${key.header}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
