import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { assertionInput } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { beginBreakGlass, breakGlass } from './break-glass.ts';
import { describeGlass, glassSchema, listGlass, listGlassInput } from './list-glass.ts';
import { proposeGlass, proposeGlassInput } from './propose-glass.ts';
import { beginReviewGlass, glassFindingInput, reviewGlass, reviewGlassInput } from './review-glass.ts';

const params = z.object({ id: idSchema('gls') });
const proposed = z.object({ id: z.string(), link: z.string(), expiresAt: z.number() });
const decided = z.object({ id: z.string(), state: z.string() });

/** Under /v1/approvals: what one person lets through alone, and its review. */
export function mountBreakGlass(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/glass',
      summary: 'What people let through alone',
      request: { query: listGlassInput },
      responses: { 200: describeJson(z.object({ items: z.array(glassSchema).readonly() }), 'Newest first') },
    }),
    async (c) => c.json({ items: await listGlass(context, requestActor(c), c.req.valid('query')) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/glass',
      summary: 'Ask to let one request through alone',
      request: describeBody(proposeGlassInput),
      responses: { 201: describeJson(proposed, 'What waits for a passkey') },
    }),
    async (c) => c.json({ ...(await proposeGlass(context, requestActor(c), c.req.valid('json'))) }, 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/glass/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginBreakGlass(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/glass/{id}/sign',
      summary: 'Let it through',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(decided, 'The approval, approved') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const { id, state } = await breakGlass(context, requestActor(c), c.req.valid('param').id, assertion);
      return c.json({ id, state }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/glass/{id}/review/challenge',
      summary: 'What the passkey of its reviewer has to sign',
      request: { params, ...describeBody(glassFindingInput) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await beginReviewGlass(context, requestActor(c), id, c.req.valid('json')));
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/glass/{id}/review',
      summary: 'Say whether it was justified',
      request: { params, ...describeBody(reviewGlassInput) },
      responses: { 200: describeJson(glassSchema, 'The review') },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const row = await reviewGlass(context, requestActor(c), id, c.req.valid('json'));
      return c.json(describeGlass(context, row), 200);
    },
  );
}
