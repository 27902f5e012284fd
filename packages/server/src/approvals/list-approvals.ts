import { isNamedApprover } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { readApprovals, readVoter, type StoredApproval } from './read-approval.ts';
import { mayDecide } from './require-decider.ts';

export const listApprovalsInput = z.strictObject({
  /** `mine`: open and waiting for me. `all`: open. `history`: decided. */
  filter: z.enum(['mine', 'all', 'history']).default('all'),
  cursor: z
    .string()
    .regex(/^apr_[0-9A-Z]{26}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export interface ApprovalsPage {
  readonly items: readonly StoredApproval[];
  readonly next: string | null;
}

type Input = z.output<typeof listApprovalsInput>;

/** Newest first. A page of `mine` may be short while `next` still leads on. */
export async function listApprovals(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listApprovalsInput>,
): Promise<ApprovalsPage> {
  requirePermission(actor, 'approvals.read');
  const parsed = listApprovalsInput.parse(input);
  const rows = await selectRows(context, parsed);
  const approvals = await readApprovals(context.store.sql, rows.slice(0, parsed.limit));
  const items = parsed.filter === 'mine' ? await filterMine(context, actor, approvals) : approvals;
  return { items, next: rows.length > parsed.limit ? (approvals.at(-1)?.id ?? null) : null };
}

function selectRows(context: Pick<Context, 'platform' | 'store'>, { filter, cursor, limit }: Input) {
  const now = context.platform.now();
  const all = context.store.sql.selectFrom('approvals').selectAll();
  const filtered =
    filter === 'history'
      ? all.where((where) => where.or([where('state', '!=', 'requested'), where('expires_at', '<=', now)]))
      : all.where('state', '=', 'requested').where('expires_at', '>', now);
  // Ids sort by time.
  const from = cursor === undefined ? filtered : filtered.where('id', '<', cursor);
  return from
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}

async function filterMine(
  context: Pick<Context, 'store'>,
  actor: Actor,
  approvals: readonly StoredApproval[],
): Promise<readonly StoredApproval[]> {
  if (actor.kind !== 'person') return [];
  const row = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', actor.person)
    .executeTakeFirst();
  if (row === undefined) return [];
  return approvals.filter((approval) => {
    const voter = readVoter(row, approval.ownerId, approval.presented.requesterId);
    const hasVoted = approval.votes.some((vote) => vote.voter.person === actor.person);
    return !hasVoted && mayDecide(actor, approval) && isNamedApprover(approval.requirement, voter);
  });
}
