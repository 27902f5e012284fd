import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { thumbprintOf } from '../public-jwk.ts';
import {
  addEnforcementPoint,
  listEnforcementPoints,
  removeEnforcementPoint,
} from './change-enforcement-points.ts';
import { addEnforcementPointInput, type EnforcementPoint } from './enforcement-point.ts';

const hookAnswer = z.object({
  agentId: idSchema('agt'),
  hours: z.number(),
  prompts: z.enum(['first', 'each']),
  gatewayServers: z.array(z.string()),
  expiresAt: z.number(),
});

const telemetryAnswer = z.object({
  agentIds: z.array(idSchema('agt')),
  hours: z.number(),
  expiresAt: z.number(),
});

const answer = addEnforcementPointInput.omit({ keys: true, hook: true, telemetry: true }).extend({
  hook: hookAnswer.optional().describe('What it is as a hook; never its secret.'),
  telemetry: telemetryAnswer.optional().describe('What it is as a telemetry source; never its secret.'),
  id: idSchema('pep'),
  keys: z.array(z.string()).describe('Thumbprints of its keys (RFC 7638).'),
  createdAt: z.number(),
  createdBy: z.string(),
});

const addedAnswer = answer.extend({
  secret: z.string().optional().describe('Of a hook or a telemetry source: shown once, here.'),
});

/** Mounted under `/v1/tokens`. */
export function createEnforcementPointRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/enforcement-points',
      summary: 'Programs that may ask for decisions and enforce them',
      responses: { 200: describeJson(z.object({ items: z.array(answer), next: z.null() }), 'By name') },
    }),
    async (c) => {
      const items = (await listEnforcementPoints(context, requestActor(c))).map(show);
      return c.json({ items, next: null }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/enforcement-points',
      summary: 'Let a program ask for decisions',
      request: describeBody(addEnforcementPointInput),
      responses: { 201: describeJson(addedAnswer, 'The enforcement point') },
    }),
    async (c) => {
      const { secret, ...point } = await addEnforcementPoint(context, requestActor(c), c.req.valid('json'));
      return c.json({ ...show(point), ...(secret === undefined ? {} : { secret }) }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/enforcement-points/{id}',
      summary: 'Its tokens are worth nothing from now on',
      request: { params: z.object({ id: idSchema('pep') }) },
      responses: { 204: { description: 'Removed' } },
    }),
    async (c) => {
      await removeEnforcementPoint(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
  return app;
}

function show({ keys, record: _, hook, telemetry, ...point }: EnforcementPoint): z.output<typeof answer> {
  return {
    ...point,
    keys: keys.map(thumbprintOf),
    ...(hook === undefined ? {} : { hook: hideDigest(hook) }),
    ...(telemetry === undefined ? {} : { telemetry: hideDigest(telemetry) }),
  };
}

function hideDigest<Kept extends { readonly secretDigest: string }>(kept: Kept): Omit<Kept, 'secretDigest'> {
  const { secretDigest: _, ...told } = kept;
  return told;
}
