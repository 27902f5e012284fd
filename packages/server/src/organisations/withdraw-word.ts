import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Organisation } from './organisation.ts';

/** Ends a task because what it was opened on is worth nothing any more: its calls in flight are cut before anything is written. */
export async function withdrawWord(
  context: Pick<Context, 'platform' | 'stops' | 'store' | 'tasks'>,
  withdrawn: { readonly organisation: Organisation; readonly taskId: string; readonly why: string },
): Promise<void> {
  const { organisation, taskId, why } = withdrawn;
  const { platform, stops, store, tasks } = context;
  const hold = stops.hold('task', taskId, new AppError('task.not_open'));
  try {
    await store.transaction(async (tx) => {
      const word = await tx.sql
        .selectFrom('organisation_tasks')
        .select('record')
        .where('task_id', '=', taskId)
        .executeTakeFirst();
      const record = platform.newId('rec');
      const by = organisation.id;
      const closing = { under: { task: taskId }, reason: 'stopped', by, causes: [record] } as const;
      const ended = await tasks.close(tx, closing);
      if (ended.length === 0) return;
      tx.record({
        ...{ id: record, kind: 'organisation.word_withdrawn', at: platform.now(), task: taskId },
        causes: word === undefined ? [] : [word.record],
        body: { organisation: organisation.name, why, ended, cut: hold.cut.length },
      });
    });
  } finally {
    hold.release();
  }
}
