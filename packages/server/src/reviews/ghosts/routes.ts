import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { ghostAnswer } from './ghost.ts';
import { listGhosts, listGhostsInput } from './list-ghosts.ts';
import { setWorkingHours, setWorkingHoursInput } from './set-working-hours.ts';
import { workingHours } from './working-hours.ts';

const pageAnswer = z.object({
  items: z.array(ghostAnswer).readonly(),
  next: z.string().nullable(),
  examined: z.number(),
  countedUntil: z.number(),
});

/** Under /v1/agents: which of them nobody should count on. */
export function ghostRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/ghosts',
      request: { query: listGhostsInput },
      responses: { 200: describeJson(pageAnswer, 'Findings, by agent') },
    }),
    async (c) => c.json(await listGhosts(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/hours',
      request: {
        params: z.object({ id: idSchema('agt') }),
        ...describeBody(setWorkingHoursInput.omit({ agentId: true })),
      },
      responses: { 200: describeJson(z.object({ hours: workingHours.nullable() }), 'Its hours from now on') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json(await setWorkingHours(context, requestActor(c), input), 200);
    },
  );
  return app;
}
