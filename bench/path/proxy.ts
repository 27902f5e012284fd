// Child process: the bare proxy, and with `--verify` the limit: the same plus one signature verification a call.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from '@countersign/server/parts';
import { Pool } from 'undici';
import { answerMessages } from './answer-messages.ts';

const [upstreamPort = '', mode = ''] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 64 });
const keys = new Map<string, KeyObject>();

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (mode === '--verify' && !(await verifyProof(String(request.headers.dpop)))) {
    response.writeHead(401, { 'content-length': 0 }).end();
    return;
  }
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const answer = await pool.request({ method: 'POST', path: '/', headers, body: Buffer.concat(chunks) });
  const body = Buffer.from(await answer.body.arrayBuffer());
  response
    .writeHead(answer.statusCode, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body);
}

/** By the gateway's own function, ES256 in the thread pool, with the key object kept by the proof's header. */
function verifyProof(jws: string): Promise<boolean> {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  let key = keys.get(header);
  if (key === undefined) {
    const { jwk } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    key = createPublicKey({ key: jwk, format: 'jwk' });
    keys.set(header, key);
  }
  return verifySignature(key, Buffer.from(`${header}.${payload}`), Buffer.from(signature, 'base64url'));
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => response.destroy(error as Error));
});
answerMessages(async () => ({}));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
