import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface LoopbackServer {
  readonly url: string;
  close(): Promise<void>;
}

export type Serve = (
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
) => Promise<unknown> | unknown;

/** A server on loopback that reads each request whole and then does as it likes. */
export async function serveLoopback(serve: Serve): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    response.on('error', () => {});
    read(request)
      .then((body) => serve(request, body, response))
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
