import { riskLevels } from '@countersign/core';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { listRisks } from './list-risks.ts';
import { clearRisk, clearRiskInput, setRisk, setRiskInput } from './set-risk.ts';

const level = z.enum(riskLevels);
const answer = z.object({ personId: idSchema('per'), risk: level });
const listed = z.object({
  personId: z.string(),
  source: z.string(),
  level,
  reason: z.string(),
  setAt: z.number(),
  expiresAt: z.number(),
});

/** Mounted under /v1/signals. */
export function mountRisks(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/risks',
      responses: {
        200: describeJson(z.object({ items: z.array(listed), next: z.null() }), 'What is said of people'),
      },
    }),
    async (c) => c.json({ items: [...(await listRisks(context, requestActor(c)))], next: null }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/risks',
      request: describeBody(setRiskInput),
      responses: { 200: describeJson(answer, 'The risk of the person now') },
    }),
    async (c) => c.json(await setRisk(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/risks/clear',
      request: describeBody(clearRiskInput),
      responses: { 200: describeJson(answer, 'The risk of the person now') },
    }),
    async (c) => c.json(await clearRisk(context, requestActor(c), c.req.valid('json')), 200),
  );
}
