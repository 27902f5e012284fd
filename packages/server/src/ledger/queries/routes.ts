import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { getQuery, getQueryInput } from './get-query.ts';
import { listQueries } from './list-queries.ts';
import { removeQuery } from './remove-query.ts';
import { saveQuery, saveQueryInput } from './save-query.ts';
import { savedQuerySchema } from './saved-query.ts';

const page = z.object({ items: z.array(savedQuerySchema).readonly(), next: z.null() });

/** Everything under /v1/ledger/queries: searches with names. */
export function mountQueries(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/queries',
      responses: { 200: describeJson(page, 'Own searches with names, and those that others share') },
    }),
    async (c) => c.json(await listQueries(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/queries/{name}',
      request: { params: getQueryInput },
      responses: { 200: describeJson(savedQuerySchema, 'The search of this name') },
    }),
    async (c) => c.json(await getQuery(context, requestActor(c), c.req.valid('param')), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/queries/{name}',
      request: { params: getQueryInput, ...describeBody(saveQueryInput.omit({ name: true })) },
      responses: { 200: describeJson(savedQuerySchema, 'As it is kept') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await saveQuery(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/queries/{name}',
      request: { params: getQueryInput },
      responses: { 204: { description: 'It is gone' } },
    }),
    async (c) => {
      await removeQuery(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
}
