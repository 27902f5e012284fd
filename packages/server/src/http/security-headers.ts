import type { MiddlewareHandler } from 'hono';

/** For answers that no browser should render: nothing may load, nothing may frame. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** For our own pages: files of this origin only, no inline script or style, no eval, no framing. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The console too, but its libraries set markup of their own. */
export const consolePolicy = pagePolicy.replace("; require-trusted-types-for 'script'", '');

/** Every answer gets these; a page sets its own content security policy first. */
export function addSecurityHeaders(isHttps: boolean): MiddlewareHandler {
  const standing = Object.entries(listStanding(isHttps));
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', apiPolicy);
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    for (const [name, value] of standing) headers.set(name, value);
  };
}

/** What an answer that no browser should render carries. */
export function listSecurityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return { 'content-security-policy': apiPolicy, 'cache-control': 'no-store', ...listStanding(isHttps) };
}

function listStanding(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // An approval's id must not travel to other sites.
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
