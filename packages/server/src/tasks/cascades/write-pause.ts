import type { FoundCascade } from '@countersign/core';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { firstRecord } from '../../plugins/database/first-record.ts';
import type { Pause } from './cascades.ts';
import { selectStanding, toPause } from './standing-pauses.ts';

export interface PauseParts {
  readonly store: Pick<Store, 'sql' | 'transaction'>;
  readonly platform: Pick<Platform, 'now' | 'newId'>;
}

/** Makes a pause durable, with the record that tells the owner of the agent. Cut calls are named by their action ids. */
export function writePause(
  { store }: PauseParts,
  pause: Pause,
  found: FoundCascade,
  cut: readonly string[],
): Promise<void> {
  const { record, root, agent, task, cause, at } = pause;
  return store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('tasks')
      .innerJoin('delegations', 'delegations.id', 'tasks.delegation_id')
      .innerJoin('agents', 'agents.id', 'tasks.agent_id')
      .select(['tasks.agent_id', 'agents.owner_id', 'delegations.root_person_id'])
      .select(firstRecord('tasks.id', 'task.opened').as('opened'))
      .where('tasks.id', '=', task)
      .executeTakeFirst();
    await tx.sql
      .insertInto('task_pauses')
      .values({ record, root_task_id: root, agent_id: agent, task_id: task, cause, at, resumed_at: null })
      .execute();
    tx.record({
      id: record,
      kind: 'task.paused',
      at,
      causes: row?.opened == null ? [] : [row.opened],
      task,
      ...(row === undefined ? {} : { agent: row.agent_id, person: row.owner_id }),
      body: {
        cause,
        count: found.count,
        cut,
        ...(row === undefined ? {} : { onBehalfOf: row.root_person_id, owner: row.owner_id }),
        root,
        whole: agent === '',
      },
    });
  });
}

/** The pauses in force under open tasks, to be known before the first call is let in. */
export async function loadPauses(store: Pick<Store, 'sql'>): Promise<readonly Pause[]> {
  const rows = await selectStanding(store.sql)
    .innerJoin('tasks', 'tasks.id', 'task_pauses.root_task_id')
    .where('tasks.ended_at', 'is', null)
    .execute();
  return rows.map(toPause);
}
