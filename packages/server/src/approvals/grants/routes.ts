import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { endGrant, endGrantInput } from './end-grant.ts';
import { grantSchema, listGrants, listGrantsInput } from './list-grants.ts';
import { grantPreviewSchema, previewGrant, previewGrantInput } from './preview-grant.ts';

const params = z.object({ id: z.string().regex(/^apr_[0-9A-Z]{26}$/) });
const pageSchema = z.object({ items: z.array(grantSchema).readonly(), next: z.string().nullable() });

/** GET /grants, POST /{id}/grants/preview and /{id}/grants/end, under /v1/approvals. */
export function mountGrants(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/grants',
      request: { query: listGrantsInput },
      responses: { 200: describeJson(pageSchema, 'What was granted beyond single calls, newest first') },
    }),
    async (c) => c.json(await listGrants(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/grants/preview',
      request: { params, ...describeBody(previewGrantInput.omit({ approvalId: true })) },
      responses: { 200: describeJson(grantPreviewSchema, 'What it says, and what else would have passed') },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await previewGrant(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/grants/end',
      request: { params, ...describeBody(endGrantInput.omit({ approvalId: true })) },
      responses: { 200: describeJson(z.object({ approvalId: z.string() }), 'It is over') },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await endGrant(context, requestActor(c), input), 200);
    },
  );
}
