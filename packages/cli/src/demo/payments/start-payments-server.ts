import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { localhostHostValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { buildPaymentsServer, createPaymentsState, type Payment } from './build-payments-server.ts';

export interface PaymentsServer {
  readonly url: string;
  /** What was really paid. */
  readonly payments: readonly Payment[];
  close(): Promise<void>;
}

/** Serves payments over Streamable HTTP on loopback to whoever shows the API key, and to nobody else. */
export async function startPaymentsServer(apiKey: string): Promise<PaymentsServer> {
  const state = createPaymentsState();
  const handler = createMcpHandler(() => buildPaymentsServer(state));
  const respond = toNodeHandler(handler);
  const isLocalHost = localhostHostValidation();
  const server = createServer((request, response) => {
    if (!isLocalHost(request, response)) return;
    if (!holdsKey(request, apiKey)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const { method = 'POST', url = '/' } = request;
    respond(Object.assign(request, { method, url }), response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the payments server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    payments: state.payments,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await handler.close();
      await closed;
    },
  };
}

function holdsKey({ headers }: IncomingMessage, apiKey: string): boolean {
  const presented = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${apiKey}`);
  return presented.length === wanted.length && timingSafeEqual(presented, wanted);
}
