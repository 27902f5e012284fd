import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../../http/index.ts';
import { addToken, addTokenInput, listTokens, removeToken, removeTokenInput } from './scim-tokens.ts';

const tokenAnswer = z.object({
  id: z.string(),
  name: z.string(),
  directory: z.string(),
  agents: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastUsedAt: z.number().nullable(),
});

/** The tokens with which directories provision people. */
export function mountScimTokens(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/scim-tokens',
      responses: {
        200: describeJson(z.object({ tokens: z.array(tokenAnswer).readonly() }), 'Those in force'),
      },
    }),
    async (c) => c.json({ tokens: await listTokens(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/scim-tokens',
      request: describeBody(addTokenInput),
      responses: { 201: describeJson(tokenAnswer.extend({ token: z.string() }), 'The token, shown once') },
    }),
    async (c) => c.json(await addToken(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/scim-tokens/{tokenId}',
      request: { params: removeTokenInput },
      responses: { 204: { description: 'Removed' } },
    }),
    async (c) => {
      await removeToken(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
}
