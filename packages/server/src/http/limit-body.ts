import { AppError } from '@countersign/api';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Refuses a body over the bound, told or counted. Throws `server.request_too_large`. */
export function limitBody(maxSize: number): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      // The rest of the body is still on its way and nobody will read it.
      throw new AppError('server.request_too_large', { headers: { connection: 'close' } });
    },
  });
  return async (c, next) => {
    const { raw } = c.req;
    if (raw.headers.has('content-length')) return limit(c, next);
    // RFC 9112 §6.3: with neither header there is no body, as with a DELETE.
    if (!raw.headers.has('transfer-encoding')) return next();
    // The adapter's own request cannot be copied, which counting needs.
    const { url, method, headers, body } = raw;
    c.req.raw = new Request(url, { method, headers, body, duplex: 'half' });
    return limit(c, next);
  };
}
