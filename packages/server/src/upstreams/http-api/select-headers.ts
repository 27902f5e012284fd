import type { ApiReply } from './exchange.ts';
import { isForbiddenHeader } from './forbidden-headers.ts';

const passed = new Set(
  `accept-ranges allow content-disposition content-language content-range content-type deprecation etag expires last-modified
   link location retry-after sunset vary x-next-page x-page x-per-page x-prev-page x-request-id x-total x-total-count
   x-total-pages`.split(/\s+/),
);
const passedPrefixes = ['ratelimit', 'x-ratelimit-', 'x-rate-limit-'];
// Even a document that names them does not make them fit to be said by the gateway: they speak to browsers and proxies.
const refused = new Set(
  `alt-svc authentication-info cache-control clear-site-data content-security-policy cross-origin-opener-policy dpop-nonce
   expect-ct location-rewritten nel permissions-policy public-key-pins refresh report-to reporting-endpoints server
   service-worker-allowed set-cookie set-cookie2 sourcemap speculation-rules strict-transport-security timing-allow-origin
   www-authenticate x-accel-buffering x-accel-charset x-accel-expires x-accel-limit-rate x-accel-redirect x-content-type-options
   x-frame-options x-lighttpd-send-file x-powered-by x-reproxy-url x-sendfile`.split(/\s+/),
);
const longestValue = 4_096;
const plainValue = /^[\x20-\x7e]*$/;

/**
 * The headers of an answer that a caller may have: known ones, and those that the operation's document names. Addresses in
 * them lead back through the gateway, or are left out.
 */
export function selectHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  { url, answers }: { readonly url: URL; readonly answers: readonly string[] },
): ApiReply['headers'] {
  return Object.entries(headers).flatMap(([given, value]) => {
    const name = given.toLowerCase();
    if (!isPassed(name, answers) || typeof value !== 'string') return [];
    if (value.length > longestValue || !plainValue.test(value)) return [];
    if (name === 'location') {
      const inside = toInside(url, value);
      return inside === undefined ? [] : [[name, inside] as const];
    }
    if (name !== 'link') return [[name, value] as const];
    const links = rewriteLinks(url, value);
    return links === '' ? [] : [[name, links] as const];
  });
}

function isPassed(name: string, answers: readonly string[]): boolean {
  if (refused.has(name)) return false;
  if (passed.has(name) || passedPrefixes.some((prefix) => name.startsWith(prefix))) return true;
  return answers.includes(name) && !isForbiddenHeader(name) && !name.startsWith('x-accel-');
}

/** An address as a path below the API's own, beginning with a slash; undefined for one that leads anywhere else. */
function toInside(base: URL, text: string): string | undefined {
  const target = URL.parse(text, base.href);
  if (target === null || target.origin !== base.origin || target.username !== '') return undefined;
  const root = base.pathname.replace(/\/$/, '');
  const isInside = target.pathname === root || target.pathname.startsWith(`${root}/`);
  return isInside ? `${target.pathname.slice(root.length)}${target.search}` : undefined;
}

/** RFC 8288; a link that cannot be read, or leads elsewhere, is left out. */
function rewriteLinks(base: URL, value: string): string {
  return value
    .split(/,(?=\s*<)/)
    .flatMap((link) => {
      const [, target, rest = ''] = /^\s*<([^<>]*)>((?:\s*;[^<>]*)?)$/.exec(link) ?? [];
      const inside = target === undefined ? undefined : toInside(base, target);
      return inside === undefined ? [] : [`<${inside}>${rest}`];
    })
    .join(', ');
}
