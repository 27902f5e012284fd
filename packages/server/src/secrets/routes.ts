import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { pageSchema } from '../wire/page.ts';
import { listSecrets, listSecretsInput } from './list-secrets.ts';
import { removeSecret } from './remove-secret.ts';
import { reportSecrets } from './report-secrets.ts';
import { rotateSecret, rotateSecretInput } from './rotate-secret.ts';
import { secretAnswer, secretsReportAnswer } from './secret-answer.ts';
import { secretName } from './secret-input.ts';
import { storeSecret, storeSecretInput } from './store-secret.ts';
import { trustRestored } from './trust-restored.ts';

const params = z.object({ name: secretName });

/** Everything under /v1/secrets. */
export function secretRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listSecretsInput },
      responses: { 200: describeJson(pageSchema(secretAnswer), 'Secrets by name, without values') },
    }),
    async (c) => c.json(await listSecrets(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/report',
      responses: { 200: describeJson(secretsReportAnswer, 'What upstreams are authenticated to with') },
    }),
    async (c) => c.json(await reportSecrets(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{name}',
      request: { params, ...describeBody(storeSecretInput.omit({ name: true })) },
      responses: { 200: describeJson(secretAnswer, 'The stored secret, without its value') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), name: c.req.valid('param').name };
      return c.json(await storeSecret(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/rotate',
      request: { params, ...describeBody(rotateSecretInput.omit({ name: true })) },
      responses: { 200: describeJson(secretAnswer, 'The rotated secret, without its values') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), name: c.req.valid('param').name };
      return c.json(await rotateSecret(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/trust-restored',
      responses: { 204: { description: 'The stores are taken as they are now' } },
    }),
    async (c) => {
      await trustRestored(context, requestActor(c));
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/{name}',
      request: { params },
      responses: { 204: { description: 'The secret is gone' } },
    }),
    async (c) => {
      await removeSecret(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
  return app;
}
