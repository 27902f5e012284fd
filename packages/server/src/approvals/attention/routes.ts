import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { regretApproval, regretInput } from './regret-approval.ts';
import { showAttention } from './show-attention.ts';

const share = z.number().nullable();
const reportSchema = z.object({
  days: z.number(),
  decisions: z.number(),
  isAll: z.boolean(),
  people: z
    .array(
      z.object({
        ...{ person: z.string(), name: z.string(), approved: z.number(), denied: z.number() },
        ...{ medianReadMilliseconds: share, medianWaitMilliseconds: share, neverOpenedShare: share },
        ...{ regretted: z.number(), askedLastHour: z.number(), asksPerHour: z.number() },
      }),
    )
    .readonly(),
  advice: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('write_a_policy'),
          ...{ person: z.string(), agent: z.string(), tool: z.string() },
          ...{ approved: z.number(), medianReadMilliseconds: z.number() },
        }),
        z.object({ kind: z.literal('adds_no_control'), policy: z.string(), decided: z.number() }),
      ]),
    )
    .readonly(),
  checks: z.object({
    days: z.number(),
    perWeek: z.number().describe('At most so many a person; 0 when nobody is checked'),
    people: z
      .array(
        z.object({
          ...{ person: z.string(), name: z.string(), caught: z.number(), missed: z.number() },
          ...{ unanswered: z.number(), withdrawn: z.number() },
        }),
      )
      .readonly(),
  }),
});

/** GET /attention and POST /{id}/regret, of the approvals' own routes; before `/{id}`, which would take the name for one. */
export function mountAttention(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/attention',
      responses: {
        200: describeJson(reportSchema, 'How people decide, and what that says of the questions'),
      },
    }),
    async (c) => c.json(await showAttention(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/regret',
      request: {
        params: z.object({ id: idSchema('apr') }),
        ...describeBody(regretInput.omit({ approvalId: true })),
      },
      responses: {
        200: describeJson(z.object({ id: z.string(), at: z.number() }), 'Kept; nothing is undone by it'),
      },
    }),
    async (c) => {
      const input = { approvalId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await regretApproval(context, requestActor(c), input), 200);
    },
  );
}
