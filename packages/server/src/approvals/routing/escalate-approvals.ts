import { applyApprovalEvent, countElapsed } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeSubject } from '../describe-subject.ts';
import { loadApproval, toMachine } from '../load-approval.ts';
import { noteNews } from '../notices/index.ts';
import type { StoredApproval } from '../read-approval.ts';
import { findDeciders } from './find-told.ts';

type Escalating = Pick<Context, 'approvals' | 'log' | 'platform' | 'store'>;

const batch = 200;
/** Short, because an approval asked for meanwhile may be due sooner than those known. */
const longestWaitMilliseconds = 1_000;

/**
 * Tells those whom the escalation asks from now on. A step counts by time alone, in every use; the job writes it down and
 * brings the next one forward when nobody who may decide can be told. Returns when to look again, in epoch milliseconds.
 */
export async function escalateApprovals(context: Escalating): Promise<number> {
  let after = '';
  for (;;) {
    const at = context.platform.now();
    const rows = await context.store.sql
      .selectFrom('approvals')
      .select('id')
      .where('id', '>', after)
      .where('state', '=', 'requested')
      .where('check_person_id', 'is', null)
      .where('expires_at', '>', at)
      .where('requirement', 'like', '%"escalation":%')
      .orderBy('id')
      .limit(batch)
      .execute();
    for (const { id } of rows) await escalateOne(context, id, at);
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) return context.platform.now() + longestWaitMilliseconds;
    after = last.id;
  }
}

/** What cannot be escalated keeps nobody else waiting. */
async function escalateOne(context: Escalating, id: string, at: number): Promise<void> {
  try {
    const approval = await loadApproval(context.store, id);
    const due = await findDue(context, approval, at);
    if (due !== undefined) await escalate(context, approval, due);
  } catch (err) {
    context.log.error({ err, approval: id }, 'escalating an approval failed');
  }
}

interface Due {
  /** How many steps count now. */
  readonly steps: number;
  readonly isBroughtForward: boolean;
}

async function findDue(context: Escalating, approval: StoredApproval, at: number): Promise<Due | undefined> {
  const { requirement, escalatedSteps } = approval;
  const elapsed = countElapsed(approval, at);
  const steps = (requirement.escalation ?? []).filter((step) => elapsed >= step.afterSeconds).length;
  if (steps > escalatedSteps) return { steps, isBroughtForward: false };
  if (steps === requirement.escalation?.length) return undefined;
  const deciders = await findDeciders(context, approval, at);
  return deciders.some((one) => !one.isQuiet) ? undefined : { steps: steps + 1, isBroughtForward: true };
}

async function escalate(
  context: Escalating,
  seen: StoredApproval,
  { steps, isBroughtForward }: Due,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const approval = await loadApproval(tx, seen.id);
    if (approval.state !== 'requested' || approval.escalatedSteps !== seen.escalatedSteps) return;
    const at = context.platform.now();
    const advanced = isBroughtForward ? bringForward(approval, at) : approval.advancedMilliseconds;
    if (advanced === undefined) return;
    await tx.sql
      .updateTable('approvals')
      .set({ escalated_steps: steps, advanced_milliseconds: advanced })
      .where('id', '=', approval.id)
      .execute();
    recordEscalation(context, tx, approval, { steps, isBroughtForward, at });
    await noteNews(context, tx, approval, 'escalated');
    const after = await loadApproval(tx, approval.id);
    tx.afterCommit(() => context.approvals.put(after));
  });
}

function bringForward(approval: StoredApproval, at: number): number | undefined {
  const changed = applyApprovalEvent(toMachine(approval), { type: 'escalate', at });
  return changed.ok ? changed.state.advancedMilliseconds : undefined;
}

function recordEscalation(
  { platform }: Escalating,
  tx: Transaction,
  approval: StoredApproval,
  { steps, isBroughtForward, at }: Due & { readonly at: number },
): void {
  const added = (approval.requirement.escalation ?? []).slice(approval.escalatedSteps, steps);
  tx.record({
    ...describeSubject(approval),
    id: platform.newId('rec'),
    kind: 'approval.escalated',
    at,
    causes: approval.recordIds.slice(0, 1),
    body: { steps, approvers: added.flatMap((step) => step.approvers), isBroughtForward },
  });
}
