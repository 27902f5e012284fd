import { isLoopbackHost } from '../outbound/is-loopback-host.ts';

const longest = 512;

/**
 * The one spelling of an address that an administrator pins; undefined for every other one, so that two that look alike
 * are never the same by accident: no name that is not ASCII or punycode, no credentials, query, fragment, dot segments or
 * default port written out. Clear text only between houses on one machine.
 */
export function parsePinnedUrl(text: string, allowLoopback: boolean): URL | undefined {
  if (text.length > longest || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isClear = url.protocol === 'http:' && allowLoopback && isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !isClear) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  // Punycode is how a letter of another script is written: nobody can tell such names apart by looking.
  if (url.hostname.split('.').some((label) => label.startsWith('xn--')) || url.hostname.endsWith('.'))
    return undefined;
  const isCanonical = text === url.href || (url.pathname === '/' && text === url.origin);
  return isCanonical ? url : undefined;
}
