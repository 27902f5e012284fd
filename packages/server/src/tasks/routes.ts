import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { endTask, endTaskInput } from './end-task.ts';
import { getTask } from './get-task.ts';
import { grantRoutes } from './grants/routes.ts';
import { mountDeclassification } from './labels/routes.ts';
import { listTasks, listTasksInput } from './list-tasks.ts';
import { openTask, openTaskInput } from './open-task.ts';
import { resumeTask, resumeTaskInput } from './resume-task.ts';
import { endedTaskAnswer, taskAnswer, taskDetailAnswer, taskPageAnswer } from './task-answer.ts';

const params = z.object({ id: idSchema('tsk') });

/** Everything under /v1/tasks: for agents with their control token, and for people who watch or end their work. */
export function taskRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listTasksInput },
      responses: { 200: describeJson(taskPageAnswer, 'Tasks, newest first; an agent sees its own') },
    }),
    async (c) => c.json(await listTasks(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(openTaskInput),
      responses: { 201: describeJson(taskAnswer, 'The open task') },
    }),
    async (c) => c.json(await openTask(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(taskDetailAnswer, 'The task') },
    }),
    async (c) => c.json(await getTask(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/end',
      request: { params, ...describeBody(endTaskInput.omit({ taskId: true })) },
      responses: { 200: describeJson(endedTaskAnswer, 'The ended task and the calls that were cut') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), taskId: c.req.valid('param').id };
      return c.json(await endTask(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/resume',
      request: { params, ...describeBody(resumeTaskInput.omit({ taskId: true })) },
      responses: { 200: describeJson(taskAnswer, 'The task, whose work goes on') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), taskId: c.req.valid('param').id };
      return c.json(await resumeTask(context, requestActor(c), input), 200);
    },
  );
  app.route('/', grantRoutes(context));
  mountDeclassification(app, context);
  return app;
}
