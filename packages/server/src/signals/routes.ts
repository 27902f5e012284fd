import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { gatewaysAnswer, listGateways } from './gateways/list-gateways.ts';
import { liftStop, liftStopInput } from './lift-stop.ts';
import { listStops, listStopsInput } from './list-stops.ts';
import { mountRisks } from './risk/routes.ts';
import { stopAnswer, stopPageAnswer, stoppedAnswer } from './stop-answer.ts';
import { stopScope, stopScopeInput } from './stop-scope.ts';
import { mountReceivers } from './streams/routes.ts';

const params = z.object({ id: idSchema('stp') });

/** Everything under /v1/signals. */
export function signalRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listStopsInput },
      responses: { 200: describeJson(stopPageAnswer, 'Stops, newest first') },
    }),
    async (c) => c.json(await listStops(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(stopScopeInput),
      responses: { 201: describeJson(stoppedAnswer, 'The stop, in force, and the calls that were cut') },
    }),
    async (c) => c.json(await stopScope(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/gateways',
      responses: { 200: describeJson(gatewaysAnswer, 'The gateways that share the database') },
    }),
    async (c) => c.json(await listGateways(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/lift',
      request: { params, ...describeBody(liftStopInput.omit({ stopId: true })) },
      responses: { 200: describeJson(stopAnswer, 'The lifted stop') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), stopId: c.req.valid('param').id };
      return c.json(await liftStop(context, requestActor(c), input), 200);
    },
  );
  mountRisks(app, context);
  mountReceivers(app, context);
  return app;
}
