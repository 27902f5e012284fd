import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { pageSchema } from '../wire/page.ts';
import { addUpstream, addUpstreamInput } from './add-upstream.ts';
import { declareUpstream } from './declare-upstream.ts';
import { getUpstream, listUpstreams, listUpstreamsInput } from './list-upstreams.ts';
import { removeUpstream } from './remove-upstream.ts';
import { toolRoutes } from './tool-routes.ts';
import { addedUpstreamAnswer, upstreamAnswer } from './upstream-answer.ts';
import { upstreamName } from './upstream-schema.ts';

const params = z.object({ name: upstreamName });

/** Everything under /v1/upstreams. */
export function upstreamRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listUpstreamsInput },
      responses: { 200: describeJson(pageSchema(upstreamAnswer), 'Upstreams by name') },
    }),
    async (c) => c.json(await listUpstreams(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(addUpstreamInput),
      responses: { 201: describeJson(addedUpstreamAnswer, 'The upstream, in force, and its pinned tools') },
    }),
    async (c) => c.json(await addUpstream(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}',
      request: { params },
      responses: { 200: describeJson(upstreamAnswer, 'One upstream') },
    }),
    async (c) =>
      c.json(await getUpstream(context, requestActor(c), { upstream: c.req.valid('param').name }), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{name}',
      request: { params, ...describeBody(addUpstreamInput.omit({ name: true })) },
      responses: {
        200: describeJson(upstreamAnswer, 'The upstream as described; what it offers differently is held'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), name: c.req.valid('param').name };
      const { name, kind, environment, settings, createdAt } = await declareUpstream(
        context,
        requestActor(c),
        input,
      );
      return c.json({ name, kind, environment, settings, createdAt }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/{name}',
      request: { params },
      responses: { 204: { description: 'The upstream is gone and its calls are cut' } },
    }),
    async (c) => {
      await removeUpstream(context, requestActor(c), { upstream: c.req.valid('param').name });
      return c.body(null, 204);
    },
  );
  app.route('/', toolRoutes(context));
  return app;
}
