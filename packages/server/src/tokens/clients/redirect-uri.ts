/** How an authorization response travels to a client; undefined for what no client may register. */
export type RedirectKind = 'https' | 'loopback' | 'private-scheme';

const maxLength = 1024;
/** Members of the response: a redirect URI that had one would leave the client two to choose from. */
const responseMembers = ['code', 'error', 'error_description', 'iss', 'state'];
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?(?=[/?]|$)/;
/** Schemes that a browser or system acts on itself: a code must never end up there. */
const refusedSchemes = new Set(
  [
    ...[
      'about',
      'blob',
      'chrome',
      'data',
      'file',
      'filesystem',
      'ftp',
      'ftps',
      'intent',
      'jar',
      'javascript',
    ],
    ...['mailto', 'ms-appinstaller', 'search-ms', 'sms', 'ssh', 'tel', 'telnet', 'urn', 'vbscript'],
    ...['view-source', 'ws', 'wss'],
  ].map((scheme) => `${scheme}:`),
);

/**
 * Hostile text. Only a URI in its one normal spelling counts, so that what is compared, shown and opened is the same:
 * no user, fragment, dot segment, upper-case or international host name (RFC 6749 §3.1.2, RFC 9700 §4.1).
 */
export function classifyRedirectUri(text: string): RedirectKind | undefined {
  if (text.length > maxLength || !/^[\x21-\x7e]+$/.test(text) || /["#<>\\^`{|}]/.test(text)) return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  if (url.href !== text && url.href !== withRootPath(text, url)) return undefined;
  if (responseMembers.some((name) => url.searchParams.has(name))) return undefined;
  // An encoded dot is a dot to some who read the path later.
  if (/%2e/i.test(url.pathname) || /\/\.{1,2}(\/|$)/.test(url.pathname)) return undefined;
  if (url.protocol === 'https:') return 'https';
  if (url.protocol === 'http:') return loopback.test(text) ? 'loopback' : undefined;
  return refusedSchemes.has(url.protocol) ? undefined : 'private-scheme';
}

/**
 * Whether the client registered it: the same text, but for the port of a loopback address, which a native app chooses
 * when it starts to listen (RFC 8252 §7.3).
 */
export function matchRedirectUri(registered: readonly string[], given: string): boolean {
  const kind = classifyRedirectUri(given);
  if (kind === undefined) return false;
  if (registered.includes(given)) return true;
  return kind === 'loopback' && registered.some((one) => dropPort(one) === dropPort(given));
}

function dropPort(uri: string): string {
  return uri.replace(loopback, (_whole, host: string) => `http://${host}`);
}

/** `https://app.example?x=1` and `https://app.example/?x=1` are one to URL parsers; nothing else may differ. */
function withRootPath(text: string, url: URL): string {
  return url.pathname === '/' ? `${url.origin}/${text.slice(url.origin.length)}` : text;
}
