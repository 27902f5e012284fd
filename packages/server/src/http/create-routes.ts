import { AppError } from '@countersign/api';
import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono, type z } from '@hono/zod-openapi';

/** What a handler finds beside the request; `actor` is read through `requestActor`. */
export interface HttpEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: { requestId: string };
}

/** An app for one noun's routes; input that fails a route's schema becomes `server.request_invalid`. */
export function createRoutes(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success)
        throw new AppError('server.request_invalid', { detail: describeIssue(result.error) });
    },
  });
}

/** Names the first field at fault, never its value. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'not valid';
  const path = issue.path.map(String).join('.').slice(0, 200);
  return path === '' ? issue.code : `${path}: ${issue.code}`;
}
