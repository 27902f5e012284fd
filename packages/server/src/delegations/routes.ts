import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { createDelegation, newDelegationInput } from './create-delegation.ts';
import {
  delegationAnswer,
  delegationDetailAnswer,
  delegationPageAnswer,
  revokedDelegationAnswer,
} from './delegation-answer.ts';
import { getDelegation } from './get-delegation.ts';
import { listDelegations, listDelegationsInput } from './list-delegations.ts';
import { revokeDelegation, revokeDelegationInput } from './revoke-delegation.ts';

const params = z.object({ id: idSchema('dlg') });

/** Everything under /v1/delegations. */
export function delegationRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listDelegationsInput },
      responses: { 200: describeJson(delegationPageAnswer, 'Delegations, newest first') },
    }),
    async (c) => c.json(await listDelegations(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(newDelegationInput),
      responses: { 201: describeJson(delegationAnswer, 'The delegation, with its limits in sentences') },
    }),
    async (c) => c.json(await createDelegation(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(delegationDetailAnswer, 'The delegation and the chain above it') },
    }),
    async (c) => c.json(await getDelegation(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/revoke',
      request: { params, ...describeBody(revokeDelegationInput.omit({ delegationId: true })) },
      responses: { 200: describeJson(revokedDelegationAnswer, 'All that ended') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), delegationId: c.req.valid('param').id };
      return c.json(await revokeDelegation(context, requestActor(c), input), 200);
    },
  );
  return app;
}
