import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { approveApproval, approveInput } from './approve-approval.ts';
import { mountAttention } from './attention/index.ts';
import { beginApprove, beginApproveInput } from './begin-approve.ts';
import { mountBreakGlass } from './break-glass/routes.ts';
import { denyApproval, denyInput } from './deny-approval.ts';
import {
  approvalSchema,
  describeApproval,
  describeWholeApproval,
  wholeApprovalSchema,
} from './describe-approval.ts';
import { mountDuties } from './duty/routes.ts';
import { getApproval } from './get-approval.ts';
import { mountGrants } from './grants/index.ts';
import { mountGroups } from './groups/index.ts';
import { listApprovals, listApprovalsInput } from './list-approvals.ts';
import { mountReceipt } from './receipts/index.ts';
import { mountRotas } from './routing/routes.ts';
import { mountStream } from './stream/routes.ts';

const params = z.object({ id: z.string().regex(/^apr_[0-9A-Z]{26}$/) });
const pageSchema = z.object({ items: z.array(approvalSchema).readonly(), next: z.string().nullable() });
const decidedSchema = z.object({ id: z.string(), state: z.string() });

const parts = [
  ...[mountStream, mountAttention, mountReceipt, mountGrants],
  ...[mountGroups, mountRotas, mountDuties, mountBreakGlass],
];

/** Everything under /v1/approvals. */
export function approvalRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  for (const mount of parts) mount(app, context);
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listApprovalsInput },
      responses: { 200: describeJson(pageSchema, 'Approval requests, newest first') },
    }),
    async (c) => {
      const { items, next } = await listApprovals(context, requestActor(c), c.req.valid('query'));
      const described = items.map((item) => describeApproval(item, context.approvals.link(item.id)));
      return c.json({ items: described, next }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(wholeApprovalSchema, 'The request with its evidence') },
    }),
    async (c) => {
      const viewed = await getApproval(context, requestActor(c), c.req.valid('param').id);
      return c.json(describeWholeApproval(viewed, context.approvals.link(viewed.approval.id)), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/challenge',
      request: {
        params,
        body: {
          content: { 'application/json': { schema: beginApproveInput.omit({ approvalId: true }) } },
          required: false,
        },
      },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await beginApprove(context, requestActor(c), input));
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/approve',
      request: { params, ...describeBody(approveInput.omit({ approvalId: true })) },
      responses: { 200: describeJson(decidedSchema, 'The state after this vote') },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      const { id, state } = await approveApproval(context, requestActor(c), input);
      return c.json({ id, state }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/deny',
      request: { params, ...describeBody(denyInput.omit({ approvalId: true })) },
      responses: { 200: describeJson(decidedSchema, 'The state after this vote') },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      const { id, state } = await denyApproval(context, requestActor(c), input);
      return c.json({ id, state }, 200);
    },
  );
  return app;
}
