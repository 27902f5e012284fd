import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { amendPlan, amendPlanInput } from './amend-plan.ts';

const params = z.object({ id: idSchema('tsk') });

const askedPlanAnswer = z.object({
  calls: z
    .array(
      z.object({
        upstream: z.string(),
        tool: z.string(),
        standing: z
          .enum(['covered', 'asked', 'each', 'refused'])
          .describe('`each`: policy asks about every such call, whatever the plan says'),
      }),
    )
    .readonly(),
  approval: z.object({
    id: z.string(),
    state: z.string(),
    link: z.string(),
    matchCode: z.string(),
    actionDigest: z.string(),
    expiresAt: z.number(),
  }),
});

/** What is under /v1/tasks about calls that have not been made. */
export function planRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/grant/amendments',
      request: { params, ...describeBody(amendPlanInput.omit({ taskId: true })) },
      responses: { 201: describeJson(askedPlanAnswer, 'The one question that is now before people') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), taskId: c.req.valid('param').id };
      const { calls, approval } = await amendPlan(context, requestActor(c), input);
      const { id, state, matchCode, actionDigest, expiresAt } = approval;
      const link = context.approvals.link(id);
      return c.json({ calls, approval: { id, state, link, matchCode, actionDigest, expiresAt } }, 201);
    },
  );
  return app;
}
