import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { listAgentModels } from './list-agent-models.ts';

const answer = z.object({
  items: z.array(
    z.object({
      upstream: z.string(),
      asked: z.string(),
      answered: z.string().describe('What the provider says that it is.'),
      systemDigest: z.string().nullable(),
      toolsDigest: z.string().nullable(),
      firstAt: z.number().int(),
      lastAt: z.number().int(),
      record: z.string().nullable().describe('The last record of a change to it; null while there is none.'),
    }),
  ),
  next: z.null(),
});

/** Under /v1/agents: which models they have. */
export function agentModelRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/models',
      request: { params: z.object({ id: idSchema('agt') }) },
      responses: { 200: describeJson(answer, 'The models that the agent has had, the one it has now first') },
    }),
    async (c) => {
      const items = await listAgentModels(context, requestActor(c), c.req.valid('param').id);
      return c.json({ items: [...items], next: null }, 200);
    },
  );
  return app;
}
