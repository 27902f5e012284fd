import { createRoute } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { explainDecision, explainInput } from '../explain/explain-decision.ts';
import { explainAnswer } from '../explain/explanation.ts';
import { exampleAnswer, exampleInput, writeExample } from '../from-example/write-example.ts';
import { replayAnswer, replayInput, replayPolicies } from './replay-policies.ts';
import { replaySession, replaySessionAnswer, replaySessionInput } from './replay-session.ts';
import { replayTask, replayTaskAnswer, replayTaskInput } from './replay-task.ts';

/** What the record of the past says of policies: five questions that change nothing. */
export function mountHindsight(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/replay',
      request: describeBody(replayInput),
      responses: { 200: describeJson(replayAnswer, 'What a bundle would have decided otherwise') },
    }),
    async (c) => c.json(await replayPolicies(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/replay/task',
      request: describeBody(replayTaskInput),
      responses: { 200: describeJson(replayTaskAnswer, 'What a bundle would have decided of one task') },
    }),
    async (c) => c.json(await replayTask(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/replay/session',
      request: describeBody(replaySessionInput),
      responses: {
        200: describeJson(replaySessionAnswer, 'What a bundle would have decided of one session'),
      },
    }),
    async (c) => c.json(await replaySession(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/explain',
      request: describeBody(explainInput),
      responses: { 200: describeJson(explainAnswer, 'Why it was decided so, and what would change it') },
    }),
    async (c) => c.json(await explainDecision(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/from-example',
      request: describeBody(exampleInput),
      responses: { 200: describeJson(exampleAnswer, 'A rule that covers a recorded call, in force nowhere') },
    }),
    async (c) => c.json(await writeExample(context, requestActor(c), c.req.valid('json')), 200),
  );
}
