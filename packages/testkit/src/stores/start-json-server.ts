import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

export interface StoreCall {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface StoreReply {
  readonly status: number;
  readonly body?: unknown;
}

/** How a store, or somebody in front of it, may behave badly. */
export type StoreMischief =
  | 'redirect'
  | 'endless'
  | 'huge'
  | 'hang'
  | 'garbage'
  | 'cut'
  | 'encoded'
  | 'sealed';

/** A remote secret store for tests: it listens on loopback, remembers what it was asked, and can be told to misbehave. */
export interface FakeStore {
  readonly url: string;
  /** Everything it was asked, oldest first: method and path. */
  readonly asked: readonly string[];
  /** What every later request meets, until null; `redirect` leads to `target`. */
  misbehave(mischief: StoreMischief | null, target?: string): void;
  close(): Promise<void>;
}

export interface JsonServerOptions {
  /** PEM; with it the server speaks https as `localhost`. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

const bodyLimitBytes = 1024 * 1024;

export async function startJsonServer(
  answer: (call: StoreCall) => StoreReply,
  { tls }: JsonServerOptions = {},
): Promise<FakeStore> {
  const asked: string[] = [];
  let mischief: StoreMischief | null = null;
  let target = '';
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyLimitBytes) request.destroy();
      chunks.push(chunk);
    });
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      asked.push(`${request.method} ${pathname}`);
      const text = Buffer.concat(chunks).toString('utf8');
      const call: StoreCall = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers as Readonly<Record<string, string | undefined>>,
        body: text === '' ? {} : JSON.parse(text),
      };
      const reply = answer(call);
      if (mischief === null) return sendReply(response, reply);
      misbehaveWith(response, mischief, target, reply);
    });
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the store has no port');
  return {
    url: tls === undefined ? `http://127.0.0.1:${address.port}` : `https://localhost:${address.port}`,
    asked,
    misbehave(next, to = '') {
      mischief = next;
      target = to;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function sendReply(response: ServerResponse, { status, body }: StoreReply): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function misbehaveWith(
  response: ServerResponse,
  mischief: StoreMischief,
  target: string,
  reply: StoreReply,
): void {
  const text = JSON.stringify(reply.body ?? {});
  switch (mischief) {
    case 'redirect':
      response.writeHead(307, { location: target }).end();
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"data":"');
      drip(response);
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${text.slice(0, -1)},"padding":"${'x'.repeat(10 * 1024 * 1024)}"}`);
      return;
    case 'hang':
      return;
    case 'garbage':
      // Almost the answer: a parser's complaint would quote from it.
      response.writeHead(200, { 'content-type': 'application/json' }).end(text.slice(0, -1));
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      response.write(text.slice(0, -2), () => response.destroy());
      return;
    case 'encoded':
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(text);
      return;
    case 'sealed':
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"errors":["Vault is sealed"]}');
  }
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}
