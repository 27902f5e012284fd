import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { NaiveHttpUpstream } from './naive-state.ts';

/** Sends the body on with the secret, follows wherever that leads, and pipes back whatever comes. */
export async function forwardNaively(
  upstream: NaiveHttpUpstream,
  body: string,
  incoming: { readonly [name: string]: string | string[] | undefined },
  response: ServerResponse,
): Promise<void> {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(incoming)) {
    if (/^(mcp-|accept|authorization|x-)/.test(name) && value !== undefined) headers.set(name, String(value));
  }
  if (upstream.secret !== undefined) headers.set(upstream.secret.header, upstream.secret.value);
  // No limit on time or size, and no end when the caller's authority ends.
  const reply = await fetch(upstream.url, { method: 'POST', body, headers, redirect: 'follow' });
  for (const [name, value] of reply.headers) {
    if (!/^(content-length|content-encoding|transfer-encoding|connection)$/.test(name)) {
      response.setHeader(name, value);
    }
  }
  response.writeHead(reply.status);
  if (reply.body === null) response.end();
  else await pipeline(reply.body, response);
}
