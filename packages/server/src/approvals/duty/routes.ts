import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { assertionInput } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { describeDuty, dutySchema } from './duty.ts';
import { endDuty } from './end-duty.ts';
import { beginGiveDuty, giveDuty } from './give-duty.ts';
import { listDuties, listDutiesInput } from './list-duties.ts';
import { proposeDuty, proposeDutyInput } from './propose-duty.ts';

const params = z.object({ id: idSchema('dut') });
const proposed = z.object({ id: z.string(), link: z.string(), expiresAt: z.number() });

/** Under /v1/approvals: the duty to approve, handed over for a time. */
export function mountDuties(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/duties',
      summary: 'Duties that people handed over',
      request: { query: listDutiesInput },
      responses: { 200: describeJson(z.object({ items: z.array(dutySchema).readonly() }), 'Newest first') },
    }),
    async (c) => c.json({ items: await listDuties(context, requestActor(c), c.req.valid('query')) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/duties',
      summary: 'Prepare that another person approves for a time',
      request: describeBody(proposeDutyInput),
      responses: { 201: describeJson(proposed, 'What waits for the passkey of the giver') },
    }),
    async (c) => c.json({ ...(await proposeDuty(context, requestActor(c), c.req.valid('json'))) }, 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/duties/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginGiveDuty(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/duties/{id}/sign',
      summary: 'Hand the duty over',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(dutySchema, 'The duty') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const row = await giveDuty(context, requestActor(c), c.req.valid('param').id, assertion);
      return c.json(describeDuty(row, context.platform.now()), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/duties/{id}/end',
      summary: 'End it at once',
      request: { params },
      responses: { 200: describeJson(dutySchema, 'The duty') },
    }),
    async (c) => {
      const row = await endDuty(context, requestActor(c), c.req.valid('param').id);
      return c.json(describeDuty(row, context.platform.now()), 200);
    },
  );
}
