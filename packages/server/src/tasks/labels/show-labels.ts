import { type Labels, readLabelFacts } from '@countersign/core';
import type { Context } from '../../context.ts';
import { loadTaskFacts, loadTaskLine } from '../load-task-line.ts';
import type { TaskView } from '../task-view.ts';
import type { LabelLift } from './label-lifts.ts';

/** What a task and its line have read, as policies see it now, and what people have lifted from that. */
export interface TaskLabels {
  readonly labels: Labels;
  readonly lifted: readonly Pick<LabelLift, 'id' | 'label' | 'until' | 'callsLeft'>[];
}

export async function showLabels(
  context: Pick<Context, 'platform' | 'store' | 'tasks'>,
  task: TaskView,
): Promise<TaskLabels> {
  if (task.state !== 'open') return showPast(context, task.id);
  const now = context.platform.now();
  const { history } = await context.tasks.look(task.id);
  const lifted = history
    .liftsAt(now)
    .map(({ id, label, until, callsLeft }) => ({ id, label, until, callsLeft }));
  return { labels: history.labelsAt(now), lifted };
}

/** Nothing is held of a task that is over. */
async function showPast({ store }: Pick<Context, 'store'>, taskId: string): Promise<TaskLabels> {
  const [first] = await loadTaskLine(store.sql, taskId);
  const facts = await loadTaskFacts(store.sql, first?.id ?? taskId);
  const names = facts.flatMap(({ fact, name }) => (fact === 'label' ? [name] : []));
  return { labels: readLabelFacts(names), lifted: [] };
}
