/** Headers that belong to the connection, to the gateway or to nobody: no description can make them an agent's. */
const names = new Set(
  `accept accept-charset accept-encoding authorization connection content-encoding content-length content-type cookie cookie2
   date dpop expect forwarded host http2-settings keep-alive origin proxy-authorization proxy-authenticate proxy-connection
   referer te trailer transfer-encoding upgrade user-agent via x-http-method x-http-method-override x-method-override
   x-original-url x-real-ip x-rewrite-url`.split(/\s+/),
);
const prefixes = ['x-forwarded-', 'sec-', 'proxy-', 'access-control-', 'mcp-', 'countersign-'];

export function isForbiddenHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return names.has(lower) || prefixes.some((prefix) => lower.startsWith(prefix));
}

/** Asks an API to take a request for one with another method than was decided on. */
export const overridingHeaders: readonly string[] = [
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];
/** The same in a query or a form. */
export const overridingFields: ReadonlySet<string> = new Set(['_method', 'x-http-method-override']);
