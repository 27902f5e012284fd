import type { z } from '@hono/zod-openapi';

/** A JSON response in a route's description. */
export function describeJson<S extends z.ZodType>(schema: S, description: string) {
  return { content: { 'application/json': { schema } }, description };
}

/** A JSON request body that must be there. */
export function describeBody<S extends z.ZodType>(schema: S) {
  return { body: { content: { 'application/json': { schema } }, required: true } };
}
