import { createRoute } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeJson, requestActor } from '../../http/index.ts';
import { causalBoundsInput, causalIdInput, explainRecord, traceImpact } from './explain-record.ts';
import { causalGraphSchema } from './graph-schema.ts';

/** /records/{id}/why and /records/{id}/impact. */
export function mountCausality(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/records/{id}/why',
      request: { params: causalIdInput, query: causalBoundsInput },
      responses: { 200: describeJson(causalGraphSchema, 'What it followed from') },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') };
      return c.json(await explainRecord(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/records/{id}/impact',
      request: { params: causalIdInput, query: causalBoundsInput },
      responses: { 200: describeJson(causalGraphSchema, 'What followed from it') },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') };
      return c.json(await traceImpact(context, requestActor(c), input), 200);
    },
  );
}
