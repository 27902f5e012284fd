import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { assertionInput } from '../person-input.ts';
import { giveAuditAccessInput } from './audit-proposal.ts';
import { auditAccessId, endAuditAccess } from './end-audit-access.ts';
import { beginGiveAuditAccess, giveAuditAccess } from './give-audit-access.ts';
import { auditAccessesSchema, auditAccessSchema, listAuditAccess } from './list-audit-access.ts';
import { proposeAuditAccess } from './propose-audit-access.ts';

const params = z.object({ id: auditAccessId });
const proposed = z.object({
  id: z.string(),
  link: z.string().describe('Where an administrator signs it with a passkey'),
  expiresAt: z.number().int().describe('Epoch milliseconds'),
});

/** /v1/people/audit-access. */
export function mountAuditAccess(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/audit-access',
      responses: {
        200: describeJson(auditAccessesSchema, 'Who was let read some of the ledger, newest first'),
      },
    }),
    async (c) => c.json(await listAuditAccess(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/audit-access',
      request: describeBody(giveAuditAccessInput),
      responses: { 201: describeJson(proposed, 'An access that waits for a passkey') },
    }),
    async (c) => c.json(await proposeAuditAccess(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/audit-access/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginGiveAuditAccess(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/audit-access/{id}/sign',
      summary: 'Give exactly what was shown',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: describeJson(auditAccessSchema, 'The access') },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json(await giveAuditAccess(context, requestActor(c), id, assertion), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/audit-access/{id}',
      request: { params },
      responses: { 204: { description: 'It has ended' } },
    }),
    async (c) => {
      await endAuditAccess(context, requestActor(c), c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}
