import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { pageSchema } from '../wire/page.ts';
import { acceptTool, acceptToolInput } from './accept-tool.ts';
import { classifyTool, classifyToolInput } from './classify-tool.ts';
import { listTools, listToolsInput } from './list-upstreams.ts';
import { refreshTools } from './refresh-tools.ts';
import { reviewTool } from './review-tool.ts';
import { toolAnswer, toolReviewAnswer, toolsAnswer } from './upstream-answer.ts';
import { toolName, upstreamName } from './upstream-schema.ts';

const upstream = z.object({ name: upstreamName });
const tool = z.object({ name: upstreamName, tool: toolName });

/** Everything under /v1/upstreams/{name}/tools. */
export function toolRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/tools',
      request: { params: upstream, query: listToolsInput.omit({ upstream: true }) },
      responses: { 200: describeJson(pageSchema(toolAnswer), 'Tools by name') },
    }),
    async (c) => {
      const input = { ...c.req.valid('query'), upstream: c.req.valid('param').name };
      return c.json(await listTools(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/tools/refresh',
      request: { params: upstream },
      responses: { 200: describeJson(toolsAnswer, 'The tools as the upstream offers them now') },
    }),
    async (c) =>
      c.json(await refreshTools(context, requestActor(c), { upstream: c.req.valid('param').name }), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/tools/{tool}',
      request: { params: tool },
      responses: { 200: describeJson(toolReviewAnswer, 'The tool, what changed and what its text hides') },
    }),
    async (c) => {
      const { name, tool } = c.req.valid('param');
      return c.json(await reviewTool(context, requestActor(c), { upstream: name, tool }), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/tools/{tool}/accept',
      request: { params: tool, ...describeBody(acceptToolInput.pick({ digest: true })) },
      responses: { 200: describeJson(toolAnswer, 'The tool, in force as it was seen') },
    }),
    async (c) => {
      const { name, tool } = c.req.valid('param');
      const input = { ...c.req.valid('json'), upstream: name, tool };
      return c.json(await acceptTool(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{name}/tools/{tool}/classification',
      request: { params: tool, ...describeBody(classifyToolInput.omit({ upstream: true, tool: true })) },
      responses: { 200: describeJson(toolAnswer, 'The tool with its confirmed classification') },
    }),
    async (c) => {
      const { name, tool } = c.req.valid('param');
      const input = { ...c.req.valid('json'), upstream: name, tool };
      return c.json(await classifyTool(context, requestActor(c), input), 200);
    },
  );
  return app;
}
