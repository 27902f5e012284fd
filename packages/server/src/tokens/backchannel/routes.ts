import { toAppError } from '@countersign/api';
import type { HttpBindings } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { toOAuthError } from '../oauth-error.ts';
import { readForm } from '../read-form.ts';
import { askPerson } from './ask-person.ts';
import {
  getNotificationEndpoint,
  notificationEndpointInput,
  setNotificationEndpoint,
} from './notification-endpoint.ts';

/** POST /oauth/backchannel, mounted at the root. */
export function createBackchannelRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.post('/oauth/backchannel', (c) => answerAsk(c, context));
  return app;
}

async function answerAsk(c: HttpContext, context: Context): Promise<Response> {
  c.header('cache-control', 'no-store');
  c.header('pragma', 'no-cache');
  c.header('dpop-nonce', context.tokens.nextNonce());
  try {
    const bindings: Partial<HttpBindings> = c.env ?? {};
    const asked = await askPerson(context, {
      body: await readForm(c.req.raw),
      dpop: readHeader(c, 'dpop'),
      authorization: readHeader(c, 'authorization'),
      certificate: bindings.incoming && context.tokens.findCertificate(bindings.incoming),
    });
    return c.json({
      auth_req_id: asked.authReqId,
      expires_in: asked.expiresInSeconds,
      interval: asked.intervalSeconds,
      // Beyond CIBA: for the agent to show its person, who sees the same two digits on the page.
      match_code: asked.matchCode,
      approval_uri: asked.link,
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal')
      context.log.error({ err: error.cause ?? error }, 'a backchannel request failed');
    for (const [name, value] of Object.entries(error.headers ?? {})) c.header(name, value);
    const { status, body } = toOAuthError(error);
    // CIBA §13: only here is `access_denied` a 403.
    return c.json(body, { status: body.error === 'access_denied' ? 403 : status });
  }
}

/** Repeated header lines arrive joined by a comma, which no proof contains: they are refused as malformed. */
function readHeader(c: HttpContext, name: string): readonly string[] {
  const value = c.req.header(name);
  return value === undefined ? [] : [value];
}

const params = z.object({ id: idSchema('agt') });
const endpointAnswer = z.object({
  agentId: z.string(),
  url: z.string().nullable(),
  delivery: z.enum(['ping', 'poll']),
});

/** Mounted under /v1/agents. */
export function createNotificationEndpointRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/notification-endpoint',
      request: { params },
      responses: { 200: describeJson(endpointAnswer, 'Where the agent is told of answers') },
    }),
    async (c) => {
      const input = { agentId: c.req.valid('param').id };
      return c.json(await getNotificationEndpoint(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/notification-endpoint',
      request: { params, ...describeBody(notificationEndpointInput.omit({ agentId: true })) },
      responses: { 200: describeJson(endpointAnswer, 'Where the agent is told of answers') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json(await setNotificationEndpoint(context, requestActor(c), input), 200);
    },
  );
  return app;
}
