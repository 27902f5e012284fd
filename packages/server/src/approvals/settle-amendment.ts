import type { AskedAmendment } from '@countersign/core';
import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { StoredApproval } from './read-approval.ts';

interface Settled {
  readonly approval: StoredApproval;
  readonly end: 'approved' | 'denied';
  /** The record of that end. */
  readonly cause: string;
  readonly at: number;
  /** Whose vote brought it. */
  readonly person: string;
}

/**
 * What was signed becomes part of the plan in the very transaction that counts the last vote: an approved change is a used
 * one, and nobody can spend it twice. A denied one counts against the task.
 */
export async function settleAmendment(
  context: Pick<Context, 'tasks' | 'upstreams'>,
  tx: Transaction,
  task: LeasedTask,
  { approval, end, cause, at, person }: Settled,
): Promise<void> {
  const asked: AskedAmendment = JSON.parse(approval.signedAction);
  // A person who does not sign their own change has refused nothing to the agent.
  if (end === 'denied')
    return asked.by === 'person'
      ? undefined
      : context.tasks.noteRefusedAmendment(tx, task, { tool: asked.entries[0]?.tool ?? '', at });
  const signed = { asked, approvalId: approval.id, cause, person };
  await context.tasks.amend(tx, task, signed, context.upstreams);
  await tx.sql
    .updateTable('approvals')
    .set({ state: 'released', released_at: at })
    .where('id', '=', approval.id)
    .where('state', '=', 'approved')
    .execute();
}
