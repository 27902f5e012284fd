import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { GlassRow } from './glass-row.ts';

export const listGlassInput = z.strictObject({
  /** `due`: nobody has reviewed it yet. */
  filter: z.enum(['due', 'all']).default('due'),
});

export const glassSchema = z.object({
  id: z.string(),
  approvalId: z.string(),
  personId: z.string().nullable(),
  reason: z.string(),
  brokenAt: z.number().nullable(),
  reviewDueAt: z.number().nullable(),
  isOverdue: z.boolean(),
  link: z.string().describe('Where another person says with a passkey whether it was justified'),
  reviewedBy: z.string().nullable(),
  reviewedAt: z.number().nullable(),
  finding: z.enum(['justified', 'not_justified']).nullable(),
  note: z.string().nullable(),
});

export type Glass = z.infer<typeof glassSchema>;

/** What people let through alone, newest first; at most 200. */
export async function listGlass(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listGlassInput>,
): Promise<readonly Glass[]> {
  requirePermission(actor, 'approvals.read');
  const { filter } = listGlassInput.parse(input);
  const broken = context.store.sql
    .selectFrom('approval_glass')
    .selectAll()
    .where('broken_at', 'is not', null);
  const chosen = filter === 'due' ? broken.where('reviewed_at', 'is', null) : broken;
  const rows = await chosen.orderBy('id', 'desc').limit(200).execute();
  return rows.map((row) => describeGlass(context, row));
}

export function describeGlass(
  { config, platform }: Pick<Context, 'config' | 'platform'>,
  row: GlassRow,
): Glass {
  const at = platform.now();
  return {
    ...{ id: row.id, approvalId: row.approval_id, personId: row.person_id, reason: row.reason },
    ...{ brokenAt: row.broken_at, reviewDueAt: row.review_due_at },
    isOverdue: row.reviewed_at === null && row.review_due_at !== null && row.review_due_at <= at,
    link: `${new URL(config.server.publicUrl).origin}/approvals/glass/${row.id}`,
    ...{ reviewedBy: row.reviewed_by, reviewedAt: row.reviewed_at, finding: row.finding, note: row.note },
  };
}
