import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { pageSchema } from '../wire/page.ts';
import { acceptTool, acceptToolInput } from './accept-tool.ts';
import { addUpstream, addUpstreamInput } from './add-upstream.ts';
import { classifyTool, classifyToolInput } from './classify-tool.ts';
import { connectionRoutes } from './connections/routes.ts';
import { declareUpstream } from './declare-upstream.ts';
import {
  getUpstream,
  listTools,
  listToolsInput,
  listUpstreams,
  listUpstreamsInput,
} from './list-upstreams.ts';
import { refreshTools } from './refresh-tools.ts';
import { removeUpstream } from './remove-upstream.ts';
import { reviewTool } from './review-tool.ts';
import { scanUpstreams, scanUpstreamsInput } from './scan/scan-upstreams.ts';
import {
  addedUpstreamAnswer,
  scannedAnswer,
  toolAnswer,
  toolReviewAnswer,
  toolsAnswer,
  upstreamAnswer,
} from './upstream-answer.ts';
import { toolName, upstreamName } from './upstream-schema.ts';

const params = z.object({ name: upstreamName });
const toolParams = z.object({ name: upstreamName, tool: toolName });

/** Everything under /v1/upstreams. */
export function upstreamRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listUpstreamsInput },
      responses: { 200: describeJson(pageSchema(upstreamAnswer), 'Upstreams by name') },
    }),
    async (c) => c.json(await listUpstreams(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(addUpstreamInput),
      responses: { 201: describeJson(addedUpstreamAnswer, 'The upstream, in force, and its pinned tools') },
    }),
    async (c) => c.json(await addUpstream(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/scan',
      request: describeBody(scanUpstreamsInput),
      responses: {
        200: describeJson(scannedAnswer, 'How many tools were looked at, and those with findings'),
      },
    }),
    async (c) => c.json(await scanUpstreams(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}',
      request: { params },
      responses: { 200: describeJson(upstreamAnswer, 'One upstream') },
    }),
    async (c) =>
      c.json(await getUpstream(context, requestActor(c), { upstream: c.req.valid('param').name }), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{name}',
      request: { params, ...describeBody(addUpstreamInput.omit({ name: true })) },
      responses: {
        200: describeJson(upstreamAnswer, 'The upstream as described; what it offers differently is held'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), name: c.req.valid('param').name };
      const { name, kind, environment, settings, createdAt } = await declareUpstream(
        context,
        requestActor(c),
        input,
      );
      return c.json({ name, kind, environment, settings, createdAt }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/{name}',
      request: { params },
      responses: { 204: { description: 'The upstream is gone and its calls are cut' } },
    }),
    async (c) => {
      await removeUpstream(context, requestActor(c), { upstream: c.req.valid('param').name });
      return c.body(null, 204);
    },
  );
  app.route('/', toolRoutes(context));
  app.route('/', connectionRoutes(context));
  return app;
}

/** Everything under /v1/upstreams/{name}/tools. */
function toolRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/tools',
      request: { params, query: listToolsInput.omit({ upstream: true }) },
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
      request: { params },
      responses: { 200: describeJson(toolsAnswer, 'The tools as the upstream offers them now') },
    }),
    async (c) =>
      c.json(await refreshTools(context, requestActor(c), { upstream: c.req.valid('param').name }), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}/tools/{tool}',
      request: { params: toolParams },
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
      request: {
        params: toolParams,
        ...describeBody(acceptToolInput.pick({ digest: true, findings: true })),
      },
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
      request: {
        params: toolParams,
        ...describeBody(classifyToolInput.omit({ upstream: true, tool: true })),
      },
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
