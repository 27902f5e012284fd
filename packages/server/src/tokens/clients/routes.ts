import { AppError, toAppError } from '@countersign/api';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { createMinuteLimit } from '../minute-limit.ts';
import { toOAuthError } from '../oauth-error.ts';
import { addClient, addClientInput } from './add-client.ts';
import { clientAnswer, clientPageAnswer } from './client-view.ts';
import { describeRegistration } from './describe-registration.ts';
import { listClients, listClientsInput } from './list-clients.ts';
import { deleteRegistration, findRegistration, registerDynamically } from './register-dynamically.ts';
import { removeClient } from './remove-client.ts';

/** Mounted under `/v1/tokens`: the administrator's side. */
export function createClientRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/clients',
      summary: 'Registered interactive clients',
      request: { query: listClientsInput },
      responses: { 200: describeJson(clientPageAnswer, 'Clients, newest first') },
    }),
    async (c) => c.json(await listClients(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/clients',
      summary: 'Register an interactive client',
      request: describeBody(addClientInput),
      responses: { 201: describeJson(clientAnswer, 'The client') },
    }),
    async (c) => c.json(await addClient(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/clients/remove',
      summary: 'Forget a client and end all that people let it do',
      request: describeBody(z.strictObject({ clientId: z.string().min(1).max(256) })),
      responses: {
        200: describeJson(
          z.object({ clientId: z.string(), ended: z.array(z.string()), endedTasks: z.array(z.string()) }),
          'What ended with it',
        ),
      },
    }),
    async (c) => {
      const removed = await removeClient(context, requestActor(c), c.req.valid('json'));
      return c.json({ ...removed, ended: [...removed.ended], endedTasks: [...removed.endedTasks] }, 200);
    },
  );
  return app;
}

/** RFC 7591 and 7592, mounted at the root; without the switch there is nothing here. */
export function createRegistrationRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  if (context.config.tokens.dynamicRegistration === 'off') return app;
  const limit = createMinuteLimit(context.platform, { what: 'client registrations', most: 30, mostKeys: 1 });
  const { issuer } = context.tokens;
  app.post('/oauth/register', (c) =>
    answer(c, context, async () => {
      limit.spend('');
      const { row, managementToken } = await registerDynamically(context, await readBody(c));
      return c.json(describeRegistration(row, issuer, managementToken), 201);
    }),
  );
  app.get('/oauth/register/:id', (c) =>
    answer(c, context, async () => {
      const token = readBearer(c);
      return c.json(
        describeRegistration(await findRegistration(context, c.req.param('id'), token), issuer, token),
      );
    }),
  );
  app.delete('/oauth/register/:id', (c) =>
    answer(c, context, async () => {
      await deleteRegistration(context, c.req.param('id'), readBearer(c));
      return c.body(null, 204);
    }),
  );
  return app;
}

async function readBody(c: HttpContext): Promise<Uint8Array> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new AppError('token.client_metadata_invalid', { detail: 'content type' });
  }
  return new Uint8Array(await c.req.arrayBuffer());
}

function readBearer(c: HttpContext): string {
  const token = /^bearer ([A-Za-z0-9_-]{43})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token === undefined) throw new AppError('token.invalid');
  return token;
}

const registrationErrors = new Map<string, string>([
  ['token.client_metadata_invalid', 'invalid_client_metadata'],
  ['token.redirect_refused', 'invalid_redirect_uri'],
]);

/** RFC 7591 §3.2.2. */
async function answer(c: HttpContext, context: Context, work: () => Promise<Response>): Promise<Response> {
  c.header('cache-control', 'no-store');
  try {
    return await work();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal')
      context.log.error({ err: error.cause ?? error }, 'registration failed');
    if (error.code === 'token.invalid') {
      c.header('www-authenticate', 'Bearer error="invalid_token"');
      return c.json({ error: 'invalid_token' }, 401);
    }
    const { status, body } = toOAuthError(error);
    const named = registrationErrors.get(error.code);
    return named === undefined ? c.json(body, status) : c.json({ ...body, error: named }, 400);
  }
}
