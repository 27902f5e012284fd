import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Store } from '../plugins/database/database.ts';
import { describeSubject } from './describe-subject.ts';
import { loadApproval } from './load-approval.ts';
import type { Presented } from './presented.ts';
import type { StoredApproval } from './read-approval.ts';

/** What a drill asked for in its own world, to be shown to the people here who would be asked. */
export interface DrillRequest {
  /** Id of the run. */
  readonly drill: string;
  /** Where the drill's world keeps it. */
  readonly from: Pick<Store, 'sql'>;
  readonly approvalId: string;
}

/**
 * Puts a drill's request before the people who may approve it, marked as what it is, durable with its record. They can
 * decide it; it releases nothing: no call finds it, and `approval.is_drill` refuses to spend it. Throws
 * `approval.not_found`.
 */
export async function showDrillApproval(
  context: Pick<Context, 'approvals' | 'platform' | 'store'>,
  { drill, from, approvalId }: DrillRequest,
): Promise<StoredApproval> {
  const row = await from.sql
    .selectFrom('approvals')
    .selectAll()
    .where('id', '=', approvalId)
    .where('state', '=', 'requested')
    .executeTakeFirst();
  if (row === undefined) throw new AppError('approval.not_found');
  const record = context.platform.newId('rec');
  const presented = JSON.stringify(markPresented(JSON.parse(row.presented)));
  const shown = await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('approvals')
      .values({ ...row, presented, requested_record: record, drill })
      .execute();
    const stored = await loadApproval(tx, approvalId);
    const { callDigest, actionDigest, requirement, expiresAt } = stored;
    tx.record({
      ...describeSubject(stored),
      ...{ id: record, kind: 'approval.requested', at: context.platform.now(), causes: [] },
      body: { callDigest, actionDigest, requirement, expiresAt },
    });
    return stored;
  });
  context.approvals.put(shown);
  return shown;
}

/** So that nobody who reads any part of it takes it for real. */
function markPresented(presented: Presented): Presented {
  return {
    ...presented,
    sentence: [{ text: 'Drill: ', strong: true }, ...presented.sentence],
    chips: ['A drill: nothing happens, whatever you decide', ...presented.chips.slice(0, 2)],
    consequence: `drill, nothing is done (as if: ${presented.consequence})`,
  };
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
    .where('check_person_id', 'is', null)
    .where('state', 'in', ['requested', 'approved']);
  const rows = await (drill === undefined ? open : open.where('drill', '=', drill)).limit(1_000).execute();
  for (const { id } of rows) await context.approvals.cancel('approval', id, over);
}
