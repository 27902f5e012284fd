import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { acceptHandover, acceptInput, beginAccept, beginAcceptInput } from './accept-handover.ts';
import { declineHandover, declineInput } from './end-handovers.ts';
import {
  getHandover,
  handoverAnswer,
  handoverPageAnswer,
  listHandovers,
  listHandoversInput,
} from './handover-view.ts';
import { proposeHandover, proposeHandoverInput } from './propose-handover.ts';

const params = z.object({ id: idSchema('hnd') });

/** Under /v1/agents/handovers: agents that get another owner, who is asked. */
export function handoverRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(proposeHandoverInput),
      responses: { 201: describeJson(handoverAnswer, 'A proposal that waits for the new owner') },
    }),
    async (c) => c.json(await proposeHandover(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listHandoversInput },
      responses: { 200: describeJson(handoverPageAnswer, 'Proposals, newest first') },
    }),
    async (c) => c.json(await listHandovers(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(handoverAnswer, 'The proposal, and what became of each agent') },
    }),
    async (c) => c.json(await getHandover(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(beginAcceptInput) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) =>
      c.json(await beginAccept(context, requestActor(c), c.req.valid('param').id, c.req.valid('json'))),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/accept',
      summary: 'Take over exactly what was shown and chosen',
      request: { params, ...describeBody(acceptInput) },
      responses: { 200: describeJson(handoverAnswer, 'What became of each agent') },
    }),
    async (c) =>
      c.json(
        await acceptHandover(context, requestActor(c), c.req.valid('param').id, c.req.valid('json')),
        200,
      ),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/decline',
      request: { params, ...describeBody(declineInput) },
      responses: { 200: describeJson(handoverAnswer, 'Declined, or taken back') },
    }),
    async (c) =>
      c.json(
        await declineHandover(context, requestActor(c), c.req.valid('param').id, c.req.valid('json')),
        200,
      ),
  );
  return app;
}
