import { createRoute } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeJson, requestActor } from '../../http/index.ts';
import { listReaders, listReadersInput, readersSchema } from './list-readers.ts';

/** GET /v1/ledger/readers. */
export function mountReaders(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/readers',
      request: { query: listReadersInput },
      responses: { 200: describeJson(readersSchema, 'Who read the ledger, newest first') },
    }),
    async (c) => c.json(await listReaders(context, requestActor(c), c.req.valid('query')), 200),
  );
}
