import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server at the other end of a channel may do. */
export type Mischief =
  | 'none'
  | 'down'
  | 'busy'
  | 'refusing'
  | 'hanging'
  | 'redirecting'
  | 'endless'
  | 'garbled';

/** Written into every bad answer: it must turn up nowhere. */
export const THEIR_WORDS = 'their-own-words-f00d';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface NaughtyServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  setMischief(mischief: Mischief): void;
  close(): Promise<void>;
}

export type Answer = { readonly status: number; readonly body?: unknown };

/** An HTTP server that behaves, or not. What it receives while it behaves is answered by `answer`. */
export async function startNaughtyServer(answer: (received: Received) => Answer): Promise<NaughtyServer> {
  let mischief: Mischief = 'none';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (mischief !== 'none') return misbehave(mischief, response);
      const received = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      const { status, body } = answer(received);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    setMischief(next) {
      mischief = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function misbehave(mischief: Exclude<Mischief, 'none'>, response: ServerResponse): void {
  switch (mischief) {
    case 'down':
      return void response.writeHead(500).end(THEIR_WORDS);
    case 'busy':
      return void response.writeHead(429, { 'retry-after': '30' }).end(THEIR_WORDS);
    case 'refusing':
      return void response.writeHead(403).end(THEIR_WORDS);
    case 'hanging':
      return;
    case 'redirecting':
      return void response.writeHead(302, { location: `/${THEIR_WORDS}` }).end();
    case 'garbled':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(`{"ok":${THEIR_WORDS}`);
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(THEIR_WORDS.repeat(4096)), 5);
      response.on('close', () => clearInterval(timer));
    }
  }
}
