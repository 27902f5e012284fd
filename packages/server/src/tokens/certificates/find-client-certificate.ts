import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createBoundedCache } from '../bounded-cache.ts';
import { type ClientCertificate, describeCertificate, readCertificate } from './client-certificate.ts';

/** The client certificate that a request came with, if any. */
export type FindClientCertificate = (request: IncomingMessage) => ClientCertificate | undefined;

const longestHeader = 12_288;

/**
 * A certificate of the TLS connection itself, read once for each connection; or, from a listed proxy and from nobody
 * else, of its `Client-Cert` header (RFC 9440), which a listed proxy overwrites in every request.
 */
export function createCertificateFinder(proxies: readonly string[]): FindClientCertificate {
  const bySocket = new WeakMap<Socket, ClientCertificate | null>();
  const byHeader = createBoundedCache<ClientCertificate>(2_000);
  const trusted = new Set(proxies);

  const ofConnection = (socket: Socket): ClientCertificate | undefined => {
    const known = bySocket.get(socket);
    if (known !== undefined) return known ?? undefined;
    const presented = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    const certificate = presented === undefined ? null : describeCertificate(presented);
    bySocket.set(socket, certificate);
    return certificate ?? undefined;
  };

  const ofHeader = (values: readonly string[]): ClientCertificate | undefined => {
    const [value, ...others] = values;
    if (value === undefined) return undefined;
    const known = byHeader.get(value);
    // A second header is the caller's own, which the proxy let through.
    if (others.length > 0) return undefined;
    const certificate = known ?? parseHeader(value);
    if (certificate !== undefined) byHeader.set(value, certificate);
    return certificate;
  };

  return (request) => {
    const { socket } = request;
    if (trusted.size > 0 && trusted.has(readAddress(socket.remoteAddress))) {
      // The proxy's own certificate, if it has one, is not the agent's.
      return ofHeader(request.headersDistinct['client-cert'] ?? []);
    }
    return ofConnection(socket);
  };
}

/** RFC 9440 §2.1: one Byte Sequence of RFC 8941, `:base64:`. */
function parseHeader(value: string): ClientCertificate | undefined {
  const encoded = value.length > longestHeader ? undefined : /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1];
  return encoded === undefined ? undefined : readCertificate(Buffer.from(encoded, 'base64'));
}

/** An IPv4 address has two spellings where a socket listens on both kinds. */
function readAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
