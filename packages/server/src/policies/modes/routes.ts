import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { assertionInput } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { beginSwitch } from './begin-switch.ts';
import { listModes, modeAnswer } from './list-modes.ts';
import { proposalAnswer, proposalInput, proposeMode } from './propose-mode.ts';
import { switchMode } from './switch-mode.ts';

const params = z.object({ id: idSchema('pmc') });
const modesAnswer = z.object({ items: z.array(modeAnswer) });
const switched = z.object({ policyId: z.string(), mode: modeAnswer.shape.mode });

/** Under /v1/policies/modes: how far each policy counts, and what changes that. */
export function mountModes(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/modes',
      responses: { 200: describeJson(modesAnswer, 'How far each policy in force counts') },
    }),
    (c) => c.json({ items: [...listModes(context, requestActor(c))] }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/modes',
      request: describeBody(proposalInput),
      responses: { 201: describeJson(proposalAnswer, 'A change that waits for a passkey') },
    }),
    async (c) => c.json(await proposeMode(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/modes/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginSwitch(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/modes/{id}/switch',
      summary: 'Switch exactly what was shown',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(switched, 'The mode from now on') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json({ ...(await switchMode(context, requestActor(c), id, assertion)) }, 200);
    },
  );
}
