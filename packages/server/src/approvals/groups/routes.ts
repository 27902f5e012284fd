import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { approveGroup, approveGroupInput, decidedGroupSchema } from './approve-group.ts';
import { beginGroup, beginGroupInput } from './begin-group.ts';
import { denyGroup, denyGroupInput } from './deny-group.ts';
import { loadGroup } from './load-group.ts';

const params = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{22}$/) });

const groupSchema = z.object({
  id: z.string(),
  members: z
    .array(
      z.object({ id: z.string(), actionDigest: z.string(), expiresAt: z.number(), mayApprove: z.boolean() }),
    )
    .readonly(),
  more: z.number().describe('How many more wait than one signature may approve'),
});

/** GET /groups/{id}, POST /groups/{id}/challenge, /approve and /deny, under /v1/approvals. */
export function mountGroups(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/groups/{id}',
      request: { params },
      responses: { 200: describeJson(groupSchema, 'What waits of it, the oldest first') },
    }),
    async (c) => {
      const { id, members, more } = await loadGroup(context, requestActor(c), c.req.valid('param').id);
      const described = members.map(({ approval, standing }) => ({
        ...{ id: approval.id, actionDigest: approval.actionDigest, expiresAt: approval.expiresAt },
        mayApprove: standing.mayApprove,
      }));
      return c.json({ id, members: described, more }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/groups/{id}/challenge',
      request: { params, ...describeBody(beginGroupInput.omit({ groupId: true })) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => {
      const input = { groupId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await beginGroup(context, requestActor(c), input));
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/groups/{id}/approve',
      request: { params, ...describeBody(approveGroupInput.omit({ groupId: true })) },
      responses: { 200: describeJson(decidedGroupSchema, 'What was approved, and what was left out') },
    }),
    async (c) => {
      const input = { groupId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await approveGroup(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/groups/{id}/deny',
      request: { params, ...describeBody(denyGroupInput.omit({ groupId: true })) },
      responses: { 200: describeJson(decidedGroupSchema, 'What was denied, and what was left out') },
    }),
    async (c) => {
      const input = { groupId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await denyGroup(context, requestActor(c), input), 200);
    },
  );
}
