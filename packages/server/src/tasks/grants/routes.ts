import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { givePrompt, givePromptInput } from './give-prompt.ts';
import { narrowPlan, narrowPlanInput } from './narrow-plan.ts';
import { planAnswer } from './plan-answer.ts';
import { getPlan } from './show-plan.ts';

const params = z.object({ id: idSchema('tsk') });

/** What is under /v1/tasks about the plan of a task. */
export function grantRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/grant',
      request: { params },
      responses: { 200: describeJson(planAnswer, 'What the task may do without a person being asked') },
    }),
    async (c) => c.json(await getPlan(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/grant/narrow',
      request: { params, ...describeBody(narrowPlanInput.omit({ taskId: true })) },
      responses: { 200: describeJson(planAnswer, 'The plan with less in it') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), taskId: c.req.valid('param').id };
      return c.json(await narrowPlan(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/prompt',
      request: { params, ...describeBody(givePromptInput.omit({ taskId: true })) },
      responses: { 200: describeJson(planAnswer, 'The plan that the prompt calls for') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), taskId: c.req.valid('param').id };
      return c.json(await givePrompt(context, requestActor(c), input), 200);
    },
  );
  return app;
}
