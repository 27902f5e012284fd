import { countElapsed, isNamedApprover } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { recordRead } from '../ledger/index.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { orderFairly } from './order-fairly.ts';
import { readApprovals, type StoredApproval } from './read-approval.ts';
import { mayDecide } from './require-decider.ts';
import { selectVisible } from './require-visible.ts';
import { loadRoster } from './routing/index.ts';

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

/** What is over, newest first; what waits, newest first and agent by agent in turn. */
export async function listApprovals(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof listApprovalsInput>,
): Promise<ApprovalsPage> {
  requirePermission(actor, 'approvals.read');
  const parsed = listApprovalsInput.parse(input);
  const list = parsed.filter === 'history' ? listPast : listWaiting;
  const page = await list(context, actor, parsed);
  await recordRead(context, actor, {
    how: 'approvals',
    selection: { filter: parsed.filter },
    shown: { records: page.items.length, lowest: null, highest: null },
  });
  return page;
}

async function listPast(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: Input,
): Promise<ApprovalsPage> {
  const rows = await selectHistory(context, actor, input);
  const items = await readApprovals(context.store.sql, rows.slice(0, input.limit));
  return { items, next: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}

/** More open at once than people could ever decide; the oldest beyond it are not shown before others are decided. */
const mostWaiting = 5_000;
const batch = 100;

async function listWaiting(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  { filter, cursor, limit }: Input,
): Promise<ApprovalsPage> {
  const ids = await orderWaiting(context, actor, cursor);
  const found: StoredApproval[] = [];
  for (let from = 0; from < ids.length && found.length <= limit; from += batch) {
    const some = ids.slice(from, from + batch);
    const rows = await context.store.sql
      .selectFrom('approvals')
      .selectAll()
      .where('id', 'in', some)
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const inOrder = some.flatMap((id) => byId.get(id) ?? []);
    const approvals = await readApprovals(context.store.sql, inOrder);
    found.push(...(filter === 'mine' ? await filterMine(context, actor, approvals) : approvals));
  }
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** What comes after the cursor; when that one was decided meanwhile, what is older than it. */
async function orderWaiting(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  cursor: string | undefined,
): Promise<readonly string[]> {
  const rows = await context.store.sql
    .selectFrom('approvals')
    .select(['id', 'agent_id'])
    .where('state', '=', 'requested')
    .where('expires_at', '>', context.platform.now())
    .where((where) => where.or(selectVisible(where, actor)))
    .orderBy('id', 'desc')
    .limit(mostWaiting)
    .execute();
  const ids = orderFairly(rows).map(({ id }) => id);
  if (cursor === undefined) return ids;
  const at = ids.indexOf(cursor);
  return at >= 0 ? ids.slice(at + 1) : ids.filter((id) => id < cursor);
}

function selectHistory(context: Pick<Context, 'platform' | 'store'>, actor: Actor, { cursor, limit }: Input) {
  const past = context.store.sql
    .selectFrom('approvals')
    .selectAll()
    .where((where) => where.or(selectVisible(where, actor)))
    .where((where) =>
      where.or([where('state', '!=', 'requested'), where('expires_at', '<=', context.platform.now())]),
    );
  // Ids sort by time.
  const from = cursor === undefined ? past : past.where('id', '<', cursor);
  return from
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}

async function filterMine(
  context: Pick<Context, 'platform' | 'store'>,
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
  const at = context.platform.now();
  const roster = await loadRoster(context.store.sql, [actor.person]);
  return approvals.filter((approval) => {
    const { ownerId, presented, requirement } = approval;
    const voter = roster.read(row, { ownerId, requesterId: presented.requesterId }, at);
    const hasVoted = approval.votes.some((vote) => vote.voter.person === actor.person);
    const isAsked = isNamedApprover(requirement, voter, countElapsed(approval, at));
    return !hasVoted && mayDecide(actor, approval) && isAsked;
  });
}
