import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { assertionInput } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { beginSigning } from './begin-signing.ts';
import { declassifyTask } from './declassify-task.ts';
import {
  declassificationAnswer,
  declassifyInput,
  proposeDeclassification,
} from './propose-declassification.ts';

const task = z.object({ id: idSchema('tsk') });
const params = z.object({ id: idSchema('tdc') });
const declassified = z.object({
  taskId: z.string(),
  label: declassificationAnswer.shape.label,
  until: z.number(),
});

/** Under /v1/tasks: labels of what was read, lifted by people. */
export function mountDeclassification(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/declassify',
      request: { params: task, ...describeBody(declassifyInput) },
      responses: { 201: describeJson(declassificationAnswer, 'A declassification that waits for a passkey') },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await proposeDeclassification(context, requestActor(c), id, c.req.valid('json')), 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/declassifications/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginSigning(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/declassifications/{id}/sign',
      summary: 'Lift exactly what was shown',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(declassified, 'What is lifted, and until when') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json({ ...(await declassifyTask(context, requestActor(c), id, assertion)) }, 200);
    },
  );
}
