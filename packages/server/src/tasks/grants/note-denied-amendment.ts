import type { Transaction } from '../../plugins/database/database.ts';
import type { LeasedTask } from '../leased-task.ts';

/** A change of the plan that a person refused counts against the task as a refused call does. `tool`: the first that it was about, as `<upstream>/<tool>`; `at`: epoch milliseconds. */
export async function noteDeniedAmendment(
  tx: Transaction,
  task: LeasedTask,
  { tool, at }: { readonly tool: string; readonly at: number },
): Promise<void> {
  await tx.sql
    .insertInto('task_facts')
    .values({ task_id: task.parentIds[0] ?? task.id, fact: 'denial', name: tool, times: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['task_id', 'fact', 'name'])
        .doUpdateSet((set) => ({ times: set('task_facts.times', '+', 1) })),
    )
    .execute();
  tx.afterCommit(() => task.history.noteDenial(tool, at).settle(true));
}
