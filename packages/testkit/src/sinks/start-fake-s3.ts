/// <reference path="./aws4.d.ts" />

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import aws4 from 'aws4';
import { type Mischief, misbehave } from '../channels/naughty-server.ts';

export interface FakeS3 {
  /** Of the bucket, in the path style. */
  readonly url: string;
  readonly region: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** By name, without the bucket. */
  readonly objects: Map<string, Buffer>;
  /** Names in the order in which they were written, each time it was. */
  readonly writes: readonly string[];
  setMischief(mischief: Mischief): void;
  close(): Promise<void>;
}

const bucket = 'evidence';
const region = 'eu-test-1';
const keys = { accessKeyId: 'AKIDTESTTESTTEST', secretAccessKey: 'a-secret-that-only-tests-have/+' };

/**
 * One bucket of S3: objects with tags, conditional writes, and nothing without a Signature Version 4 over method, path,
 * headers and body, which another library than the client's makes again.
 */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const writes: string[] = [];
  let mischief: Mischief = 'none';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      if (mischief !== 'none') return misbehave(mischief, response);
      const body = Buffer.concat(chunks);
      if (!isSigned(request, body)) return refuse(response, 403, 'SignatureDoesNotMatch');
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      if (!path.startsWith(`/${bucket}/`)) return refuse(response, 404, 'NoSuchBucket');
      const name = path.slice(bucket.length + 2);
      if (request.method === 'GET') return sendObject(response, objects.get(name));
      if (request.method !== 'PUT') return refuse(response, 405, 'MethodNotAllowed');
      if (!isWanted(request, objects.get(name))) return refuse(response, 412, 'PreconditionFailed');
      objects.set(name, body);
      writes.push(name);
      response.writeHead(200, { etag: tag(body) }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    url: `http://127.0.0.1:${address.port}/${bucket}`,
    ...{ region, keys, objects, writes },
    setMischief(next) {
      mischief = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$/;
const needed = ['host', 'x-amz-content-sha256', 'x-amz-date'];

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const given = request.headers.authorization ?? '';
  const [, accessKeyId, day, wantedRegion, names = ''] = form.exec(given) ?? [];
  if (accessKeyId !== keys.accessKeyId || wantedRegion !== region) return false;
  const signed = names.split(';');
  const conditions = ['if-none-match', 'if-match'].filter((name) => request.headers[name] !== undefined);
  if (![...needed, ...conditions].every((name) => signed.includes(name))) return false;
  if (request.headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex'))
    return false;
  if (String(request.headers['x-amz-date']).slice(0, 8) !== day) return false;
  const made = aws4.sign(
    {
      ...{ service: 's3', region, method: request.method ?? '', path: request.url ?? '' },
      host: request.headers.host ?? '',
      headers: Object.fromEntries(signed.map((name) => [name, String(request.headers[name] ?? '')])),
    },
    keys,
  );
  return made.headers.Authorization === given;
}

function isWanted({ headers }: IncomingMessage, held: Buffer | undefined): boolean {
  if (headers['if-none-match'] === '*') return held === undefined;
  const match = headers['if-match'];
  return match === undefined || (held !== undefined && match === tag(held));
}

function sendObject(response: ServerResponse, held: Buffer | undefined): void {
  if (held === undefined) refuse(response, 404, 'NoSuchKey');
  else response.writeHead(200, { etag: tag(held) }).end(held);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code></Error>`);
}

function tag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
