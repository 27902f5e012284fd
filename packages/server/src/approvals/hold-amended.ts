import type { Context } from '../context.ts';
import type { LeasedTask } from '../tasks/index.ts';
import type { Approval } from './approval-state.ts';

/** The task whose plan is decided about, looked up before the store is held for the vote. */
export async function holdAmended(
  { tasks }: Pick<Context, 'tasks'>,
  { kind, taskId, drill }: Pick<Approval, 'kind' | 'taskId' | 'drill'>,
): Promise<{ readonly amends?: LeasedTask }> {
  // What a drill asks for changes nothing.
  return kind === 'amendment' && drill === null ? { amends: await tasks.lease(taskId) } : {};
}
