import type { Context as HttpContext } from 'hono';
import type { ConsoleFile } from './console-files.ts';
import type { Asset } from './create-page-assets.ts';
import { consolePolicy } from './security-headers.ts';

const forEver = 'public, max-age=31536000, immutable';

export function sendAsset(c: HttpContext, asset: Asset): Response {
  return sendBody(c, asset, { 'content-type': asset.contentType, 'cache-control': forEver });
}

export function sendConsoleFile(c: HttpContext, file: ConsoleFile): Response {
  const headers: Record<string, string> = {
    'content-type': file.contentType,
    'cache-control': file.immutable ? forEver : 'no-cache',
    etag: file.etag,
  };
  if (file.contentType.startsWith('text/html'))
    headers['content-security-policy'] = file.policy ?? consolePolicy;
  if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers);
  return sendBody(c, file, headers);
}

function sendBody(
  c: HttpContext,
  file: Pick<ConsoleFile, 'body' | 'gzip'>,
  headers: Record<string, string>,
): Response {
  if (file.gzip === null) return c.body(file.body, 200, headers);
  const takesGzip = /(^|,)\s*gzip\s*(,|;(?!\s*q=0(\.0+)?\s*(,|$))|$)/i.test(
    c.req.header('accept-encoding') ?? '',
  );
  if (!takesGzip) return c.body(file.body, 200, { ...headers, vary: 'accept-encoding' });
  return c.body(file.gzip, 200, { ...headers, vary: 'accept-encoding', 'content-encoding': 'gzip' });
}
