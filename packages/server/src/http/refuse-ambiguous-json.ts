import { AppError } from '@countersign/api';
import { parseStrictJson } from '@countersign/core';
import type { MiddlewareHandler } from 'hono';

const limits = { depth: 32, keys: 10_000 } as const;

/**
 * Refuses a JSON body that two parsers could read differently: duplicate keys, `__proto__`, lone surrogates, numbers
 * that do not survive. Handlers then read the same text with the usual means.
 */
export function refuseAmbiguousJson(): MiddlewareHandler {
  return async (c, next) => {
    if (/^application\/([\w.+-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')) {
      const text = await c.req.text();
      const parsed = parseStrictJson(text === '' ? 'null' : text, limits);
      if (!parsed.ok) throw new AppError('server.request_invalid', { detail: `body: ${parsed.code}` });
    }
    await next();
  };
}
