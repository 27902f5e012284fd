import type { Context } from '../context.ts';
import { describeSubject } from './cast-vote.ts';
import { loadApproval } from './load-approval.ts';
import type { StoredApproval } from './read-approval.ts';

/** What a drill asked for in its own world, shown to the people here who would be asked. */
export interface DrillRequest {
  /** Id of the run. */
  readonly drill: string;
  readonly approval: StoredApproval;
  readonly causes: readonly string[];
}

/**
 * Puts a drill's request before the people who may approve it, marked as what it is, durable with its record. They can
 * decide it; it releases nothing: no call finds it, and `approval.is_drill` refuses to spend it.
 */
export async function showDrillApproval(
  context: Pick<Context, 'approvals' | 'platform' | 'store'>,
  { drill, approval, causes }: DrillRequest,
): Promise<StoredApproval> {
  const { presented } = approval;
  const record = context.platform.newId('rec');
  const shown = await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('approvals')
      .values({
        id: approval.id,
        action_id: approval.actionId,
        call_digest: approval.callDigest,
        action_digest: approval.actionDigest,
        agent_id: approval.agentId,
        task_id: approval.taskId,
        owner_id: approval.ownerId,
        upstream: approval.upstream,
        tool: approval.tool,
        signed_action: approval.signedAction,
        presented: JSON.stringify({
          ...presented,
          sentence: [{ text: 'Drill: ', strong: true }, ...presented.sentence],
          chips: ['A drill: nothing happens, whatever you decide', ...presented.chips.slice(0, 2)],
          consequence: `drill, nothing is done (as if: ${presented.consequence})`,
        }),
        requirement: JSON.stringify(approval.requirement),
        state: 'requested',
        reason: null,
        requested_at: approval.requestedAt,
        expires_at: approval.expiresAt,
        decided_at: null,
        released_at: null,
        requested_record: record,
        drill,
      })
      .execute();
    const stored = await loadApproval(tx, approval.id);
    tx.record({
      ...describeSubject(stored),
      id: record,
      kind: 'approval.requested',
      at: context.platform.now(),
      causes,
      body: {
        callDigest: stored.callDigest,
        actionDigest: stored.actionDigest,
        requirement: stored.requirement,
        expiresAt: stored.expiresAt,
      },
    });
    return stored;
  });
  context.approvals.put(shown);
  return shown;
}

const over = 'exposure.drill_over';

/** Takes back what drills have asked people for; that of one run, or all there is. */
export async function endDrillApprovals(
  context: Pick<Context, 'approvals' | 'store'>,
  drill?: string,
): Promise<void> {
  const open = context.store.sql
    .selectFrom('approvals')
    .select('id')
    .where('drill', 'is not', null)
    .where('state', 'in', ['requested', 'approved']);
  const rows = await (drill === undefined ? open : open.where('drill', '=', drill)).limit(1_000).execute();
  for (const { id } of rows) await context.approvals.cancel('approval', id, over);
}
