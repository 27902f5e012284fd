import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsFiles } from './read-tls-files.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Plain HTTP without it. */
  readonly tls?: TlsFiles & { readonly asksForCertificates: boolean };
}

export interface Listening {
  readonly port: number;
  /** New connections are shown the new certificate; those that are open stay as they are. */
  replaceCertificate(files: TlsFiles): void;
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
const handshakeMilliseconds = 10_000;

/**
 * Listens on `host`; for `localhost` on both loopback addresses, because browsers and clients choose either.
 * Throws what the system says, such as `EADDRINUSE`.
 */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port } = options;
  const first = await bind(listener, options, host === 'localhost' ? '127.0.0.1' : host, port);
  const chosen = (first.address() as AddressInfo).port;
  const servers = [first];
  if (host === 'localhost') {
    // Machines without IPv6 have only the one.
    const second = await bind(listener, options, '::1', chosen).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return null;
      first.close();
      throw error;
    });
    if (second !== null) servers.push(second);
  }
  return {
    port: chosen,
    replaceCertificate(files) {
      for (const server of servers) {
        if ('setSecureContext' in server) server.setSecureContext({ ...files, minVersion: 'TLSv1.2' });
      }
    },
    close: (grace) => closeAll(servers, grace),
  };
}

function bind(
  listener: RequestListener,
  { tls }: ListenOptions,
  host: string,
  port: number,
): Promise<Server | TlsServer> {
  return new Promise((resolve, reject) => {
    const server = tls === undefined ? createServer(bounds, listener) : createEncrypted(listener, tls);
    server.maxConnections = mostConnections;
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve(server);
    });
  });
}

function createEncrypted(
  listener: RequestListener,
  { cert, key, asksForCertificates }: NonNullable<ListenOptions['tls']>,
): TlsServer {
  const options = {
    ...bounds,
    ...({ cert, key, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMilliseconds } as const),
    // Whoever signed it is not asked: a certificate is worth what its key is registered for (RFC 8705 §2.2).
    ...{ requestCert: asksForCertificates, rejectUnauthorized: false },
  };
  return createTlsServer(options, listener);
}

async function closeAll(servers: readonly (Server | TlsServer)[], graceMilliseconds: number): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  for (const server of servers) server.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, graceMilliseconds);
  await Promise.all(closed);
  clearTimeout(timer);
}
