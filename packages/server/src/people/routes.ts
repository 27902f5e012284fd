import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { mountAuditAccess } from './audit-access/index.ts';
import { getPerson } from './get-person.ts';
import { invitePerson } from './invite-person.ts';
import { mountLeaving } from './leaving/routes.ts';
import { listPeople, listPeopleInput } from './list-people.ts';
import { inviteInput, personId, rolesInput } from './person-input.ts';
import { invitationSchema, peoplePageSchema, personSchema } from './person-schema.ts';
import { requirePermission } from './require-permission.ts';
import { mountScimTokens } from './scim/tokens/routes.ts';
import { mountSessions } from './sessions/routes.ts';
import { setRoles } from './set-roles.ts';
import { resumePerson, suspendPerson } from './suspend-person.ts';

const params = z.object({ id: personId });

/** Everything under /v1/people. */
export function peopleRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  // Before `/{id}`, whose pattern would otherwise see their names first.
  mountAuditAccess(app, context);
  mountSessions(app, context);
  mountScimTokens(app, context);
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listPeopleInput },
      responses: { 200: describeJson(peoplePageSchema, 'People of the house') },
    }),
    async (c) => c.json(await listPeople(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(inviteInput),
      responses: { 201: describeJson(invitationSchema, 'The link, shown once') },
    }),
    async (c) => c.json(await invitePerson(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(personSchema, 'A person') },
    }),
    async (c) => {
      requirePermission(requestActor(c), 'people.read');
      return c.json(await getPerson(context.store, c.req.valid('param').id), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/roles',
      request: { params, ...describeBody(rolesInput.omit({ personId: true })) },
      responses: { 200: describeJson(personSchema, 'The person now') },
    }),
    async (c) => {
      const input = { personId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await setRoles(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/suspend',
      request: { params },
      responses: { 200: describeJson(personSchema, 'The person now') },
    }),
    async (c) => c.json(await suspendPerson(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/resume',
      request: { params },
      responses: { 200: describeJson(personSchema, 'The person now') },
    }),
    async (c) => c.json(await resumePerson(context, requestActor(c), c.req.valid('param').id), 200),
  );
  mountLeaving(app, context);
  return app;
}
