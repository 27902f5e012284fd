import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A platform that says which workload something is: an issuer on loopback with real keys, as a cluster or CI has. */
export interface PlatformIssuer {
  /** Its issuer identifier; discovery and keys are below it. */
  readonly url: string;
  readonly keysUrl: string;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  /** A JWT by its newest key; a member set to undefined is left out. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** Signs with a new key from now on; the old ones are published no more when `forget` is set. */
  rotate(forget?: boolean): Promise<void>;
  /** What the addresses answer from now on instead. Null: the truth again. */
  answer(instead: { status: number; body: string; headers?: Record<string, string> } | null): void;
  close(): Promise<void>;
}

export interface PlatformIssuerOptions {
  readonly algorithm?: 'RS256' | 'ES256';
  /** `use` of its keys: `jwt-svid` in a SPIFFE bundle. */
  readonly use?: string;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function startPlatformIssuer(options: PlatformIssuerOptions = {}): Promise<PlatformIssuer> {
  const { algorithm = 'RS256', use = 'sig' } = options;
  let keys: SigningKey[] = [await makeKey(algorithm, use, 1)];
  let made = 1;
  let asked = 0;
  let instead: { status: number; body: string; headers?: Record<string, string> } | null = null;
  const server = createServer((request, response) => {
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    if (request.url === '/keys') asked += 1;
    if (instead !== null) return response.writeHead(instead.status, instead.headers).end(instead.body);
    response.setHeader('content-type', 'application/json');
    if (request.url === '/keys')
      return response.end(JSON.stringify({ keys: keys.map((key) => key.publicJwk) }));
    if (request.url === '/.well-known/openid-configuration') {
      return response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    }
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keysUrl: `${url}/keys`,
    asked: () => asked,
    async sign(claims, header = {}) {
      const key = keys.at(-1);
      if (key === undefined) throw new Error('the platform has no key');
      const present = Object.entries(claims).filter(([, value]) => value !== undefined);
      return new SignJWT(Object.fromEntries(present))
        .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: 'JWT', ...header })
        .sign(key.privateKey);
    },
    async rotate(forget = false) {
      made += 1;
      keys = [...(forget ? [] : keys), await makeKey(algorithm, use, made)];
    },
    answer: (next) => {
      instead = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function makeKey(algorithm: string, use: string, number: number): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = `key-${number}`;
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use } };
}
