import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { pageSchema } from '../wire/page.ts';
import { drillsAnswer, runAnswer, scheduleAnswer, signedReportAnswer } from './drills/drill-answer.ts';
import { getRun, listDrills, listRuns, listRunsInput } from './drills/list-runs.ts';
import { runDrills, runDrillsInput } from './drills/run-drills.ts';
import { getSchedule, scheduleDrills, scheduleDrillsInput } from './drills/schedule-drills.ts';
import { mountEvidence } from './evidence/routes.ts';

const params = z.object({ id: idSchema('drl') });

/** Everything under /v1/exposure. */
export function exposureRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  mountRuns(app, context);
  mountEvidence(app, context);
  app.openapi(
    createRoute({
      method: 'get',
      path: '/drills',
      responses: { 200: describeJson(drillsAnswer, 'The drills that can be run') },
    }),
    async (c) => c.json({ items: await listDrills(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/drills/schedule',
      responses: { 200: describeJson(scheduleAnswer, 'When drills run by themselves') },
    }),
    async (c) => c.json({ schedule: await getSchedule(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/drills/schedule',
      request: describeBody(scheduleDrillsInput),
      responses: { 200: describeJson(scheduleAnswer, 'When drills run by themselves from now on') },
    }),
    async (c) => {
      const schedule = await scheduleDrills(context, requestActor(c), c.req.valid('json'));
      return c.json({ schedule }, 200);
    },
  );
  return app;
}

function mountRuns(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/drills/runs',
      request: describeBody(runDrillsInput),
      responses: { 201: describeJson(signedReportAnswer, 'What the drills found, signed') },
    }),
    async (c) => c.json((await runDrills(context, requestActor(c), c.req.valid('json'))).signed, 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/drills/runs',
      request: { query: listRunsInput },
      responses: { 200: describeJson(pageSchema(runAnswer), 'Runs of drills, newest first') },
    }),
    async (c) => c.json(await listRuns(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/drills/runs/{id}',
      request: { params },
      responses: { 200: describeJson(signedReportAnswer, 'The signed report of one run') },
    }),
    async (c) => c.json(await getRun(context, requestActor(c), { runId: c.req.valid('param').id }), 200),
  );
}
