/// <reference path="./http-ece.d.ts" />
import { createECDH, randomBytes } from 'node:crypto';
import { decrypt } from 'http_ece';
import { importJWK, jwtVerify } from 'jose';
import { type Mischief, startNaughtyServer } from './naughty-server.ts';

/** `PushSubscription.toJSON()` of a browser. */
export interface FakeSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushedMessage {
  readonly endpoint: string;
  /** Decrypted by a library of others, as the browser would. */
  readonly text: string;
  readonly encryptedBytes: number;
  readonly ttlSeconds: number;
  readonly topic: string | undefined;
  readonly urgency: string | undefined;
  /** Verifies the signature and returns its claims (RFC 8292). */
  verify(publicKey: string): Promise<Readonly<Record<string, unknown>>>;
}

export interface FakePushService {
  readonly origin: string;
  subscribe(): FakeSubscription;
  /** From now on the service says that there is no such subscription. */
  drop(endpoint: string): void;
  readonly pushed: readonly PushedMessage[];
  setMischief(mischief: Mischief): void;
  close(): Promise<void>;
}

/** A push service with browsers behind it: it keeps what they would show. */
export async function startFakePushService(): Promise<FakePushService> {
  const browsers = new Map<string, { readonly ecdh: ReturnType<typeof createECDH>; readonly auth: string }>();
  const pushed: PushedMessage[] = [];
  const server = await startNaughtyServer(({ path, headers, body }) => {
    const browser = browsers.get(path);
    if (browser === undefined) return { status: 410 };
    if (body.length > 4096) return { status: 413 };
    const text = decrypt(body, {
      version: 'aes128gcm',
      privateKey: browser.ecdh,
      authSecret: browser.auth,
    }).toString('utf8');
    const { origin } = server;
    pushed.push({
      ...{ endpoint: `${origin}${path}`, text, encryptedBytes: body.length },
      ttlSeconds: Number(headers.ttl),
      topic: readOne(headers.topic),
      urgency: readOne(headers.urgency),
      verify: (publicKey) => verify(headers.authorization ?? '', publicKey, origin),
    });
    return { status: 201 };
  });
  return {
    origin: server.origin,
    ...{ pushed, setMischief: server.setMischief, close: server.close },
    subscribe() {
      const ecdh = createECDH('prime256v1');
      const path = `/push/${randomBytes(12).toString('base64url')}`;
      const auth = randomBytes(16).toString('base64url');
      const p256dh = ecdh.generateKeys().toString('base64url');
      browsers.set(path, { ecdh, auth });
      return { endpoint: `${server.origin}${path}`, keys: { p256dh, auth } };
    },
    drop: (endpoint) => void browsers.delete(new URL(endpoint).pathname),
  };
}

function readOne(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function verify(authorization: string, publicKey: string, audience: string) {
  const { t = '', k = '' } = /^vapid t=(?<t>[^,]+), ?k=(?<k>.+)$/.exec(authorization)?.groups ?? {};
  if (k !== publicKey) throw new Error('another key');
  const point = Buffer.from(k, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256');
  return (await jwtVerify(t, key, { audience })).payload;
}
