import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { listRefusals, listRefusalsInput } from './list-refusals.ts';
import { listSinks } from './list-sinks.ts';
import { resendRefused } from './resend-refused.ts';
import { rewindSink, rewindSinkInput } from './rewind-sink.ts';
import { refusalPageSchema, sinksSchema } from './sink-schema.ts';
import { testSink } from './test-sink.ts';

const params = z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) });

/** Everything under /v1/ledger/sinks. */
export function sinkRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      responses: { 200: describeJson(sinksSchema, 'The sinks of this server and how far each has come') },
    }),
    async (c) => c.json({ sinks: await listSinks(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/refused',
      request: { params, query: listRefusalsInput },
      responses: { 200: describeJson(refusalPageSchema, 'Records that the sink refused') },
    }),
    async (c) => {
      const input = { ...c.req.valid('query'), name: c.req.valid('param').name };
      return c.json(await listRefusals(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/test',
      request: { params },
      responses: { 204: { description: 'The sink took a test' } },
    }),
    async (c) => {
      await testSink(context, requestActor(c), c.req.valid('param').name);
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/rewind',
      request: { params, ...describeBody(rewindSinkInput) },
      responses: { 204: { description: 'Everything from there on is sent again' } },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), name: c.req.valid('param').name };
      await rewindSink(context, requestActor(c), input);
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/resend',
      request: { params },
      responses: { 200: describeJson(z.object({ count: z.number().int() }), 'How many are sent again') },
    }),
    async (c) =>
      c.json({ count: await resendRefused(context, requestActor(c), c.req.valid('param').name) }, 200),
  );
  return app;
}
