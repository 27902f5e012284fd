import { type Limits, ValueIndex } from '@countersign/core';
import { loadChain, toChainLink } from '../delegations/index.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { loadPlan } from './grants/index.ts';
import { learnPlan } from './learn-plan.ts';
import type { LiveDelegation, LiveParent } from './live-task.ts';
import { loadTaskFacts, loadTaskLine } from './load-task-line.ts';
import { SharedLines } from './shared-lines.ts';
import type { BudgetSlices } from './slices/budget-slices.ts';
import { TaskHistory } from './task-history.ts';

/** The delegations under live tasks. */
export function createLiveDelegations(
  store: Pick<Store, 'sql'>,
  slices?: Pick<BudgetSlices, 'counterOf' | 'rest'>,
): SharedLines<LiveDelegation> {
  const read = async (delegationId: string): Promise<readonly LiveDelegation[]> => {
    const rows = await loadChain(store.sql, delegationId);
    return rows.map((row) => {
      const link = { ...toChainLink(row), purpose: row.purpose, createdAt: row.created_at };
      const counter = slices?.counterOf(row.id, link.limits) ?? {
        holder: row.id,
        limits: link.limits,
        calls: row.used_calls,
        spendMinor: row.used_spend_minor,
        rows: row.used_rows,
        bytes: row.used_bytes,
      };
      return { id: row.id, parentId: row.parent_id, link, counter };
    });
  };
  return new SharedLines(read, ({ id }) => slices?.rest(id));
}

/** Live tasks and those they work for, with what was done in them, as holders of budgets. */
export function createLiveParents(
  store: Pick<Store, 'sql'>,
  randomBytes: Platform['randomBytes'],
): SharedLines<LiveParent> {
  const key = readKey(randomBytes(8));
  return new SharedLines<LiveParent>(async (taskId) => {
    const rows = await loadTaskLine(store.sql, taskId);
    const first = rows[0]?.id ?? taskId;
    const counters = rows.map((row) => ({
      holder: row.id,
      limits: JSON.parse(row.limits) as Limits,
      calls: row.calls ?? 0,
      spendMinor: row.spend_minor ?? 0,
      rows: row.result_rows ?? 0,
      bytes: row.result_bytes ?? 0,
    }));
    // All that the line spends is counted at its first task, too, whose history is the one that counts.
    const [facts, plan] = await Promise.all([loadTaskFacts(store.sql, first), loadPlan(store.sql, first)]);
    const values = new ValueIndex(key);
    // What was read then was read elsewhere, or before a restart.
    const hasRead = facts.some(({ fact }) => fact !== 'denial') || (counters[0]?.calls ?? 0) > 0;
    if (hasRead) values.markIncomplete();
    const history = new TaskHistory(first, facts, () => counters[0]?.spendMinor ?? 0, values);
    if (plan !== null) {
      history.plan.put(plan);
      learnPlan(values, plan);
    }
    return rows.flatMap((row, index) => {
      const counter = counters[index];
      return counter === undefined ? [] : [{ history, id: row.id, parentId: row.parent_task_id, counter }];
    });
  });
}

function readKey(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getInt32(0), view.getInt32(4)];
}
