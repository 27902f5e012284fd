import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { quietHoursInput, setQuietHours } from './quiet-hours.ts';
import {
  listRotas,
  overrideRota,
  overrideRotaInput,
  rotaName,
  rotaSchema,
  setRota,
  setRotaInput,
} from './rotas.ts';

const named = z.object({ name: rotaName });

/** Under /v1/approvals: whose turn it is. */
export function mountRotas(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/rotas',
      summary: 'Who is on call',
      responses: { 200: describeJson(z.object({ items: z.array(rotaSchema).readonly() }), 'By name') },
    }),
    async (c) => c.json({ items: await listRotas(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/rotas/{name}',
      summary: 'Make or replace a rota',
      request: { params: named, ...describeBody(setRotaInput.omit({ name: true })) },
      responses: { 200: describeJson(rotaSchema, 'The rota') },
    }),
    async (c) => {
      const input = { name: c.req.valid('param').name, ...c.req.valid('json') };
      return c.json(await setRota(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/rotas/{name}/overrides',
      summary: 'Put somebody else on call for a time',
      request: { params: named, ...describeBody(overrideRotaInput) },
      responses: { 200: describeJson(rotaSchema, 'The rota') },
    }),
    async (c) => {
      const { name } = c.req.valid('param');
      return c.json(await overrideRota(context, requestActor(c), name, c.req.valid('json')), 200);
    },
  );
}

/** PUT /v1/people/:id/quiet-hours. */
export function quietHoursRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/quiet-hours',
      summary: 'When the person is not told of what waits for them',
      request: {
        params: z.object({ id: idSchema('per') }),
        ...describeBody(quietHoursInput.pick({ hours: true })),
      },
      responses: { 204: { description: 'It holds from now on' } },
    }),
    async (c) => {
      const { hours } = c.req.valid('json');
      await setQuietHours(context, requestActor(c), { personId: c.req.valid('param').id, hours });
      return c.body(null, 204);
    },
  );
  return app;
}
