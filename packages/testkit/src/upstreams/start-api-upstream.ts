import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { API_DOCUMENT } from './api-document.ts';

/** A request exactly as it arrived. */
export interface ApiRequestEntry {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string | undefined };
  /** Every header line, names as they were spelled. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly bytes: number;
  /** SHA-256 of the body, hexadecimal. */
  readonly digest: string;
}

/** A running HTTP API, with what reached it. */
export interface ApiUpstream {
  /** Base address of its operations. */
  readonly url: string;
  readonly documentUrl: string;
  /** What its document says from now on. */
  document: string;
  /** Whole requests but those for the document. */
  readonly requests: readonly ApiRequestEntry[];
  /** Event streams that are open. */
  readonly listeners: ReadonlySet<ServerResponse>;
  /** Sends one event to every listener. */
  publish(text: string): void;
  close(): Promise<void>;
}

export interface ApiUpstreamOptions {
  /** Answer 401 unless this header is there. */
  readonly requireHeader?: { readonly name: string; readonly value: string };
}

/** A small HTTP API with an OpenAPI document, honest but for `/behave`, where its caller says how it is to be hostile. */
export async function startApiUpstream({ requireHeader }: ApiUpstreamOptions = {}): Promise<ApiUpstream> {
  const requests: ApiRequestEntry[] = [];
  const listeners = new Set<ServerResponse>();
  const state = { document: API_DOCUMENT };
  const server = createServer((request, response) => {
    response.on('error', () => {});
    receive(request)
      .then((entry) => {
        if (entry.url === '/openapi.yaml') return response.end(state.document);
        requests.push(entry);
        if (requireHeader && entry.headers[requireHeader.name.toLowerCase()] !== requireHeader.value)
          return sendJson(
            response,
            401,
            { error: 'a key is needed' },
            { 'www-authenticate': 'Bearer realm="shop"' },
          );
        return answer(entry, response, listeners);
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  return Object.assign(state, {
    url: `${origin}/v1`,
    documentUrl: `${origin}/openapi.yaml`,
    requests,
    listeners,
    publish(text: string) {
      for (const one of listeners) one.write(`data: ${text}\n\n`);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  });
}

async function receive(request: IncomingMessage): Promise<ApiRequestEntry> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const { method = '', url = '', rawHeaders } = request;
  const digest = createHash('sha256').update(body).digest('hex');
  return {
    method,
    url,
    headers,
    rawHeaders,
    body: body.subarray(0, 65_536).toString(),
    bytes: body.length,
    digest,
  };
}

function answer(entry: ApiRequestEntry, response: ServerResponse, listeners: Set<ServerResponse>): unknown {
  const { method, url, body, headers } = entry;
  const { pathname, searchParams } = new URL(url, 'http://api');
  if (pathname === '/v1/behave') return behave(searchParams.get('how') ?? '', response, headers);
  if (pathname === '/v1/events') return follow(response, listeners);
  if (pathname.startsWith('/v1/files/')) {
    if (method === 'PUT') return sendJson(response, 201, { bytes: entry.bytes, digest: entry.digest });
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    return response.end(Buffer.alloc(300_000, 7));
  }
  if (method === 'DELETE') return response.writeHead(204).end();
  const last = pathname.split('/').at(-1);
  if (last === '404') return sendJson(response, 404, { error: 'no such customer' });
  const standing = {
    'set-cookie': 'session=1',
    'x-shard': '7',
    'x-accel-redirect': '/etc/passwd',
    'retry-after': '3',
    link: `<http://${headers.host}/v1/customers?limit=2>; rel="next", <http://elsewhere.example/>; rel="other"`,
  };
  return sendJson(response, method === 'POST' ? 201 : 200, { method, path: url, body }, standing);
}

function follow(response: ServerResponse, listeners: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: hello\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

/** Every way in which an API can be hostile. */
function behave(how: string, response: ServerResponse, headers: ApiRequestEntry['headers']): unknown {
  switch (how) {
    case 'oversize':
      return sendJson(response, 200, { text: 'x'.repeat(200_000) });
    case 'slow':
      return undefined;
    case 'away':
      return response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    case 'inside':
      return response.writeHead(303, { location: '/v1/customers/7' }).end();
    case 'echo':
      return sendJson(response, 200, { headers }, { etag: `"${headers['x-api-key']}"` });
    case 'echo-text':
      response.writeHead(200, { 'content-type': 'text/plain' });
      return response.end(`${'a'.repeat(9_000)}${headers['x-api-key']}${'b'.repeat(9_000)}`);
    case 'encoded':
      return sendJson(response, 200, {}, { 'content-encoding': 'gzip' });
    case 'headers':
      return sendJson(response, 200, {}, { etag: `"${'e'.repeat(20_000)}"` });
    case 'split':
      response.socket?.end('HTTP/1.1 200 OK\r\netag: a\rset-cookie: b=1\r\ncontent-length: 0\r\n\r\n');
      return undefined;
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' });
      return response.end('<script>alert(1)</script>');
    case 'number':
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end('{"id": 12345678901234567890}');
    case 'list':
      return sendJson(response, 200, [1, 2]);
    default:
      return sendJson(response, 400, { error: 'not known' });
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
