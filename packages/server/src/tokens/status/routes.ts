import { toAppError } from '@countersign/api';
import type { HttpBindings } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { acknowledgeAssertion } from '../acknowledge-assertion.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { toOAuthError } from '../oauth-error.ts';
import { readForm } from '../read-form.ts';
import { introspectToken } from './introspect-token.ts';
import {
  addIntrospectionClient,
  addIntrospectionClientInput,
  listIntrospectionClients,
  removeIntrospectionClient,
} from './introspection-clients.ts';
import { createListPublisher } from './publish-status-list.ts';
import { revokePresented } from './revoke-presented.ts';
import { revokeToken, revokeTokenInput } from './revoke-token.ts';

const listType = 'application/statuslist+jwt';

/** Introspection (RFC 7662), revocation (RFC 7009) and the Token Status List, mounted at the root. */
export function createStatusRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  const publish = createListPublisher(context);
  app.post('/oauth/introspect', (c) =>
    answer(c, context, async (presented) => c.json(await introspectToken(context, presented))),
  );
  app.post('/oauth/revoke', (c) =>
    answer(c, context, async (presented) => {
      await revokePresented(context, presented);
      return c.body(null, 200);
    }),
  );
  app.get('/oauth/status/:list', async (c) => {
    // Token Status List §8.4: no list is kept once it has been replaced.
    if (c.req.query('time') !== undefined) return c.body(null, 501);
    if (!accepts(c.req.header('accept') ?? '*/*')) return c.body(null, 406);
    const { token, ttlSeconds } = await publish(c.req.param('list'));
    return c.body(token, 200, {
      'content-type': listType,
      'cache-control': `max-age=${ttlSeconds}`,
      'access-control-allow-origin': '*',
    });
  });
  app.get('/oauth/acknowledgements/:digest', async (c) => {
    const text = await acknowledgeAssertion(context, c.req.param('digest'));
    return c.body(text, 200, { 'content-type': 'application/jwt', 'cache-control': 'no-store' });
  });
  return app;
}

function accepts(header: string): boolean {
  const types = header.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.some((type) => type === listType || type === 'application/*' || type === '*/*');
}

async function answer(
  c: HttpContext,
  context: Context,
  run: (presented: PresentedTokenRequest) => Promise<Response>,
): Promise<Response> {
  c.header('cache-control', 'no-store');
  try {
    const { incoming }: Partial<HttpBindings> = c.env ?? {};
    return await run({
      body: await readForm(c.req.raw),
      dpop: [],
      authorization: readAuthorization(c),
      certificate: incoming && context.tokens.findCertificate(incoming),
      address: incoming && context.tokens.findAddress(incoming),
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal')
      context.log.error({ err: error.cause ?? error }, 'status request failed');
    const { status, body } = toOAuthError(error);
    return c.json(body, { status, headers: { ...error.headers } });
  }
}

/** Repeated header lines arrive joined by a comma, which no token contains. */
function readAuthorization(c: HttpContext): readonly string[] {
  const value = c.req.header('authorization');
  return value === undefined ? [] : [value];
}

const client = z.object({
  name: z.string(),
  upstreams: z.union([z.literal('*'), z.array(z.string()).readonly()]),
  createdAt: z.number(),
  createdBy: z.string(),
});
const revoked = z.object({
  id: z.string(),
  agentId: z.string(),
  expiresAt: z.number(),
  cut: z.array(z.string()).readonly(),
});

/** Mounted under `/v1/tokens`. */
export function createTokenControlRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  const params = z.object({ name: z.string().max(63) });
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/revoke',
      request: {
        params: z.object({ id: idSchema('tok') }),
        ...describeBody(revokeTokenInput.omit({ tokenId: true })),
      },
      responses: { 200: describeJson(revoked, 'The token, ended, and the calls that were cut') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), tokenId: c.req.valid('param').id };
      return c.json(await revokeToken(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/introspection-clients',
      responses: {
        200: describeJson(z.object({ items: z.array(client), next: z.null() }), 'Callers without a key'),
      },
    }),
    async (c) => {
      const items = [...(await listIntrospectionClients(context, requestActor(c)))];
      return c.json({ items, next: null }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/introspection-clients',
      request: describeBody(addIntrospectionClientInput),
      responses: {
        201: describeJson(client.extend({ token: z.string() }), 'The caller, and once its token'),
      },
    }),
    async (c) => c.json(await addIntrospectionClient(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/introspection-clients/{name}',
      request: { params },
      responses: { 204: { description: 'Its token is worth nothing from now on' } },
    }),
    async (c) => {
      await removeIntrospectionClient(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
  return app;
}
