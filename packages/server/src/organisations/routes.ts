import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { assertionInput } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { cutOff, cutOffAnswer, cutOffInput } from './cut-off.ts';
import { getOrganisation, listOrganisations } from './list-organisations.ts';
import { organisationAnswer } from './organisation.ts';
import { proposeChange } from './propose-change.ts';
import { beginSignChange, signChange } from './sign-change.ts';
import { organisationName, organisationTermsSchema } from './terms.ts';

const params = z.object({ name: organisationName });
const changeParams = z.object({ id: idSchema('ogc') });
const proposed = z.object({
  id: z.string(),
  link: z.string().describe('Where an administrator signs it with a passkey'),
  expiresAt: z.number().int().describe('Epoch milliseconds'),
});

/** Everything under /v1/organisations. */
export function organisationRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      responses: {
        200: describeJson(
          z.object({ items: z.array(organisationAnswer).readonly() }),
          'Organisations by name',
        ),
      },
    }),
    async (c) => c.json(await listOrganisations(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/changes',
      summary: 'Prepare an organisation, or new terms of one, for a signature',
      request: describeBody(organisationTermsSchema),
      responses: { 201: describeJson(proposed, 'Terms that wait for a passkey') },
    }),
    async (c) => c.json(await proposeChange(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/changes/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params: changeParams, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginSignChange(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/changes/{id}/sign',
      summary: 'Put exactly these terms in force',
      request: { params: changeParams, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(organisationAnswer, 'The organisation') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      return c.json(await signChange(context, requestActor(c), c.req.valid('param').id, assertion), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{name}',
      request: { params },
      responses: { 200: describeJson(organisationAnswer, 'The organisation') },
    }),
    async (c) => c.json(await getOrganisation(context, requestActor(c), c.req.valid('param').name), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{name}/cut-off',
      summary: 'End everything that was given on its word',
      request: { params, ...describeBody(cutOffInput) },
      responses: { 200: describeJson(cutOffAnswer, 'All that ended') },
    }),
    async (c) => {
      const { name } = c.req.valid('param');
      return c.json(await cutOff(context, requestActor(c), name, c.req.valid('json')), 200);
    },
  );
  return app;
}
