import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Stops accepting, gives open answers a moment, then cuts them. */
  close(graceMilliseconds: number): Promise<void>;
}

/** Bounds on every connection, so that slow or endless senders cannot hold the server. */
const bounds = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
const mostConnections = 10_000;

/**
 * Listens on `host`; for `localhost` on both loopback addresses, because browsers and clients choose either.
 * Throws what the system says, such as `EADDRINUSE`.
 */
export async function listen(listener: RequestListener, host: string, port: number): Promise<Listening> {
  const first = await bind(listener, host === 'localhost' ? '127.0.0.1' : host, port);
  const chosen = (first.address() as AddressInfo).port;
  const servers = [first];
  if (host === 'localhost') {
    // Machines without IPv6 have only the one.
    const second = await bind(listener, '::1', chosen).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return null;
      first.close();
      throw error;
    });
    if (second !== null) servers.push(second);
  }
  return { port: chosen, close: (grace) => closeAll(servers, grace) };
}

function bind(listener: RequestListener, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(bounds, listener);
    server.maxConnections = mostConnections;
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve(server);
    });
  });
}

async function closeAll(servers: readonly Server[], graceMilliseconds: number): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  for (const server of servers) server.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, graceMilliseconds);
  await Promise.all(closed);
  clearTimeout(timer);
}
