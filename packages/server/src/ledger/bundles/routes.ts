import { createRoute } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, type HttpEnv, requestActor } from '../../http/index.ts';
import { streamLines } from '../stream-lines.ts';
import { bundleInput } from './bundle-input.ts';
import type { PaperSources } from './gather-papers.ts';
import { makeBundle } from './make-bundle.ts';

/** GET /bundle, under /v1/ledger. */
export function bundleRoutes(context: Context, sources: PaperSources): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/bundle',
      request: { query: bundleInput },
      responses: { 200: { description: 'A bundle: JSON lines (application/jsonl)' } },
    }),
    async (c) => {
      const lines = await makeBundle(context, sources, requestActor(c), c.req.query());
      const headers = {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': 'attachment; filename="countersign.bundle"',
      };
      return new Response(streamLines(lines), { headers });
    },
  );
  return app;
}
