import { Pool } from 'undici';
import { createGuardedConnector, type Lookup } from '../outbound/guarded-connector.ts';
import type { UpstreamSettings } from './live-upstream.ts';

const headerBytes = 16_384;
const connectMilliseconds = 5_000;

/** Connections to an upstream's origin. Whatever its name resolves to is checked at each of them. */
export function openGuardedPool(
  url: URL,
  options: { readonly settings: UpstreamSettings; readonly lookup?: Lookup },
  connections: number,
): Pool {
  const { settings, lookup } = options;
  return new Pool(url.origin, {
    connections,
    pipelining: 1,
    maxHeaderSize: headerBytes,
    // Each call has its own deadline, which also covers the wait for a connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createGuardedConnector({
      allowPrivate: settings.allowPrivate === true,
      timeoutMilliseconds: connectMilliseconds,
      ...(lookup ? { lookup } : {}),
    }),
  });
}
