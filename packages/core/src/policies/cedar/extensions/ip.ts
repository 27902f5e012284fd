import { CedarEvaluationError } from '../errors.ts';
import { requireExtension, requireString } from '../require-type.ts';
import type { CedarIp, CedarValue } from '../value.ts';
import { type ExtensionFunction, one, two } from './extension-function.ts';

const V4_PART = /^(?:0|[1-9][0-9]{0,2})$/;
const V6_GROUP = /^[0-9a-fA-F]{1,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;
const LONGEST_TEXT = 43;

/** `ip("10.0.0.0/8")`, `ip("::1")`: as Cedar reads them, without IPv4 inside of IPv6, zones and leading zeros. */
export function parseIp(text: string): CedarIp {
  if (text.length > LONGEST_TEXT) return refuse();
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const version = host.includes(':') ? 6 : 4;
  const address = version === 6 ? parseV6(host) : parseV4(host);
  const bits = version === 6 ? 128 : 32;
  if (slash < 0) return { kind: 'extension', name: 'ip', version, address, prefixBits: bits };
  const prefix = text.slice(slash + 1);
  if (!PREFIX.test(prefix) || Number(prefix) > bits) return refuse();
  return { kind: 'extension', name: 'ip', version, address, prefixBits: Number(prefix) };
}

function parseV4(host: string): bigint {
  const parts = host.split('.');
  if (parts.length !== 4) return refuse();
  let address = 0;
  for (const part of parts) {
    if (!V4_PART.test(part) || Number(part) > 255) return refuse();
    address = address * 256 + Number(part);
  }
  return BigInt(address);
}

function parseV6(host: string): bigint {
  const [head = '', tail, more] = host.split('::');
  if (more !== undefined) return refuse();
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - before.length - after.length;
  // A double colon stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return refuse();
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (!groups.every((group) => V6_GROUP.test(group))) return refuse();
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

export function formatIp({ version, address, prefixBits }: CedarIp): string {
  const bits = version === 4 ? 8n : 16n;
  const parts: string[] = [];
  for (let at = version === 4 ? 3n : 7n; at >= 0n; at--)
    parts.push(((address >> (at * bits)) & ((1n << bits) - 1n)).toString(version === 4 ? 10 : 16));
  return `${parts.join(version === 4 ? '.' : ':')}/${prefixBits}`;
}

function isLoopback({ version, address, prefixBits }: CedarIp): boolean {
  return version === 4 ? address >> 24n === 127n && prefixBits >= 8 : address === 1n && prefixBits === 128;
}

function isMulticast({ version, address, prefixBits }: CedarIp): boolean {
  return version === 4
    ? address >> 28n === 0xen && prefixBits >= 4
    : address >> 120n === 0xffn && prefixBits >= 8;
}

function isInRange(inner: CedarIp, outer: CedarIp): boolean {
  if (inner.version !== outer.version || inner.prefixBits < outer.prefixBits) return false;
  const free = BigInt((inner.version === 4 ? 32 : 128) - outer.prefixBits);
  return inner.address >> free === outer.address >> free;
}

function refuse(): never {
  throw new CedarEvaluationError('not an IP address');
}

const read = (value: CedarValue): CedarIp => requireExtension(value, 'ip');

export const IP_FUNCTIONS: readonly (readonly [string, ExtensionFunction])[] = [
  ['ip', one((text) => parseIp(requireString(text)))],
  ['isIpv4', one((value) => read(value).version === 4)],
  ['isIpv6', one((value) => read(value).version === 6)],
  ['isLoopback', one((value) => isLoopback(read(value)))],
  ['isMulticast', one((value) => isMulticast(read(value)))],
  ['isInRange', two((inner, outer) => isInRange(read(inner), read(outer)))],
];
