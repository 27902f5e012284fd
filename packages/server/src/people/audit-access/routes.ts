import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { auditAccessId, endAuditAccess } from './end-audit-access.ts';
import { giveAuditAccess, giveAuditAccessInput } from './give-audit-access.ts';
import { auditAccessesSchema, auditAccessSchema, listAuditAccess } from './list-audit-access.ts';

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
      responses: { 201: describeJson(auditAccessSchema, 'The access') },
    }),
    async (c) => c.json(await giveAuditAccess(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/audit-access/{id}',
      request: { params: z.object({ id: auditAccessId }) },
      responses: { 204: { description: 'It has ended' } },
    }),
    async (c) => {
      await endAuditAccess(context, requestActor(c), c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}
