import { readGrant } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { readApprovals } from '../read-approval.ts';
import { describeTerms } from './describe-terms.ts';

export const listGrantsInput = z.strictObject({
  /** `active`: in force. `history`: used up, ended or over. */
  filter: z.enum(['active', 'history']).default('active'),
  cursor: z
    .string()
    .regex(/^apr_[0-9A-Z]{26}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const grantSchema = z.object({
  approvalId: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  taskId: z.string(),
  upstream: z.string(),
  tool: z.string(),
  scope: z.enum(['task', 'delegation']),
  terms: z.array(z.string()).readonly(),
  actionDigest: z.string(),
  used: z.number(),
  uses: z.number(),
  spentMinor: z.number(),
  totalMinor: z.number().nullable(),
  currency: z.string().nullable(),
  givenBy: z.array(z.string()).readonly(),
  givenAt: z.number(),
  expiresAt: z.number(),
  endedAt: z.number().nullable(),
  endReason: z.string().nullable(),
});

export type GrantView = z.infer<typeof grantSchema>;

/** What was granted and how much of it was used, newest first. */
export async function listGrants(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listGrantsInput>,
): Promise<{ readonly items: readonly GrantView[]; readonly next: string | null }> {
  requirePermission(actor, 'approvals.read');
  const { filter, cursor, limit } = listGrantsInput.parse(input);
  const now = context.platform.now();
  const { sql } = context.store;
  const rows = await sql
    .selectFrom('approval_grants')
    .selectAll()
    .where((where) =>
      filter === 'active'
        ? where.and([where('ended_at', 'is', null), where('expires_at', '>', now)])
        : where.or([where('ended_at', 'is not', null), where('expires_at', '<=', now)]),
    )
    .$if(cursor !== undefined, (all) => all.where('approval_id', '<', cursor ?? ''))
    .orderBy('approval_id', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const ids = shown.map((row) => row.approval_id);
  const stored =
    ids.length === 0 ? [] : await sql.selectFrom('approvals').selectAll().where('id', 'in', ids).execute();
  const approvals = new Map((await readApprovals(sql, stored)).map((one) => [one.id, one]));
  const items = shown.flatMap((row): GrantView[] => {
    const approval = approvals.get(row.approval_id);
    const granted = approval === undefined ? undefined : readGrant(approval.signedAction);
    if (approval === undefined || granted === undefined) return [];
    const { total, uses, scope, expiresAt } = granted.grant;
    const givers = approval.given.filter((vote) => vote.outcome === 'approve');
    return [
      {
        ...{ approvalId: approval.id, agentId: approval.agentId, agentName: approval.presented.agentName },
        ...{ taskId: approval.taskId, upstream: approval.upstream, tool: approval.tool, scope, uses },
        ...{ terms: describeTerms(granted), actionDigest: approval.actionDigest, used: row.used },
        ...{
          spentMinor: row.spent_minor,
          totalMinor: total?.minor ?? null,
          currency: total?.currency ?? null,
        },
        ...{ givenBy: givers.map((vote) => vote.personName), givenAt: row.given_at, expiresAt },
        ...{ endedAt: row.ended_at, endReason: row.end_reason },
      },
    ];
  });
  return { items, next: rows.length > limit ? (ids.at(-1) ?? null) : null };
}
