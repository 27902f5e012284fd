import type { IncomingMessage } from 'node:http';

/** Where a request came from: the other end of the connection, or what a listed proxy says it was. */
export type FindAddress = (request: IncomingMessage) => string | undefined;

const longestAddress = 64;

export function createAddressFinder(proxies: readonly string[]): FindAddress {
  const trusted = new Set(proxies);
  return ({ socket, headers }) => {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '');
    if (address === undefined || !trusted.has(address)) return group(address);
    const forwarded = headers['x-forwarded-for'];
    // The last entry is the listed proxy's own word, all before it are the caller's.
    const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(',').at(-1)?.trim();
    return group(last === undefined || last === '' ? address : last.slice(0, longestAddress));
  };
}

/** Whoever has one IPv6 address has a whole /64 of them. */
function group(address: string | undefined): string | undefined {
  if (address === undefined || !address.includes(':')) return address;
  const [start = '', end] = address.split('::');
  const parts = start.split(':');
  const missing = end === undefined ? 0 : 8 - parts.length - end.split(':').length;
  return [...parts, ...Array.from({ length: Math.max(0, missing) }, () => '0')].slice(0, 4).join(':');
}
