import { BlockList, isIP } from 'node:net';
import { AppError } from '@countersign/api';

const neverReachable = new BlockList();
const privateNetworks = new BlockList();
const globalUnicast = new BlockList();

// Link-local carries the metadata services of clouds; the others are no place for an upstream at all.
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  neverReachable.addSubnet(network, prefix, 'ipv4');
}
// Metadata services that live inside otherwise private or shared ranges.
neverReachable.addAddress('100.100.100.200', 'ipv4');
neverReachable.addAddress('fd00:ec2::254', 'ipv6');
neverReachable.addAddress('fd20:ce::254', 'ipv6');
neverReachable.addSubnet('2001:db8::', 32, 'ipv6');

for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
}
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');
globalUnicast.addSubnet('2000::', 3, 'ipv6');

// Addresses that only wrap another one (mapped, NAT64, 6to4, Teredo) would hide it from the lists above.
const wrapping = new BlockList();
wrapping.addSubnet('2001::', 23, 'ipv6');
wrapping.addSubnet('2002::', 16, 'ipv6');

export type Reach = 'public' | 'private' | 'refused';

/** Where a resolved address leads. Mapped IPv4 addresses count as what they map to, or are refused. */
export function classifyAddress(address: string): Reach {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return 'refused';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (neverReachable.check(address, type)) return 'refused';
  if (privateNetworks.check(address, type)) return 'private';
  if (family === 4) return 'public';
  return globalUnicast.check(address, type) && !wrapping.check(address, type) ? 'public' : 'refused';
}

/** Whether an address may be connected to: clear text stays on private networks, and those need `allowPrivate`. */
export function isAddressAllowed(address: string, protocol: string, allowPrivate: boolean): boolean {
  const reach = classifyAddress(address);
  return reach === 'private' ? allowPrivate : reach === 'public' && protocol === 'https:';
}

/** The URL of an upstream, or `upstream.address_refused`. Clear-text http is for private networks only. */
export function requireUpstreamUrl(text: string, allowPrivate: boolean): URL {
  const url = URL.parse(text);
  if (url === null) throw refuse('not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('the scheme must be https or http');
  if (url.username !== '' || url.password !== '') throw refuse('the URL carries credentials');
  if (url.protocol === 'http:' && !allowPrivate)
    throw refuse('http is only for private networks (allowPrivate)');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAddressAllowed(host, url.protocol, allowPrivate))
    throw refuse('the address is not permitted');
  return url;
}

function refuse(detail: string): AppError {
  return new AppError('upstream.address_refused', { detail });
}
