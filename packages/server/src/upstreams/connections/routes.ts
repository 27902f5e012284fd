import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { createRoutes, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { pageSchema } from '../../wire/page.ts';
import { upstreamName } from '../upstream-schema.ts';
import { beginConnection } from './begin-connection.ts';
import { connectionAnswer } from './connection-view.ts';
import { disconnect } from './disconnect.ts';
import { listConnections, listConnectionsInput } from './list-connections.ts';

const params = z.object({ name: upstreamName });

/** Everything under /v1/upstreams/{name}/connections; the name `-` lists those of all upstreams. */
export function connectionRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/-/connections',
      request: { query: listConnectionsInput.omit({ upstream: true }) },
      responses: { 200: describeJson(pageSchema(connectionAnswer), 'Live connections to all upstreams') },
    }),
    async (c) => c.json(await listConnections(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/connections',
      request: { params, query: listConnectionsInput.omit({ upstream: true }) },
      responses: { 200: describeJson(pageSchema(connectionAnswer), 'Live connections, without tokens') },
    }),
    async (c) => {
      const input = { ...c.req.valid('query'), upstream: c.req.valid('param').name };
      return c.json(await listConnections(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/connections/begin',
      request: { params },
      responses: {
        200: describeJson(
          z.object({ url: z.string() }),
          'Where the signed-in person goes on, in this very browser',
        ),
      },
    }),
    async (c) =>
      c.json(await beginConnection(context, requestActor(c), { upstream: c.req.valid('param').name }), 200),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/{name}/connections/{connection}',
      request: { params: params.extend({ connection: idSchema('ucn') }) },
      responses: { 204: { description: 'The connection has ended, here and at its issuer' } },
    }),
    async (c) => {
      const { name, connection } = c.req.valid('param');
      await disconnect(context, requestActor(c), { upstream: name, connection });
      return c.body(null, 204);
    },
  );
  return app;
}
