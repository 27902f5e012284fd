export type TaskEnding =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'stopped'
  | 'delegation_ended'
  | 'agent_stopped'
  /** The task it works for ended. */
  | 'parent_ended'
  | 'token_ended';

/** Times in epoch milliseconds. */
export type TaskState =
  | { readonly state: 'open'; readonly expiresAt: number }
  | { readonly state: 'ended'; readonly reason: TaskEnding; readonly at: number }
  | { readonly state: 'expired'; readonly at: number };

export type TaskEvent =
  | { readonly type: 'end'; readonly reason: TaskEnding; readonly at: number }
  | { readonly type: 'expire'; readonly at: number };

export type TaskChange =
  | { readonly ok: true; readonly state: TaskState }
  | { readonly ok: false; readonly code: 'already_ended' | 'not_due' };

/** Ends a task once; what ended stays ended. A task whose time is over expires, whatever else happens to it. */
export function applyTaskEvent(task: TaskState, event: TaskEvent): TaskChange {
  if (task.state !== 'open') return { ok: false, code: 'already_ended' };
  if (!isTaskOpen(task, event.at)) return { ok: true, state: { state: 'expired', at: task.expiresAt } };
  if (event.type === 'expire') return { ok: false, code: 'not_due' };
  return { ok: true, state: { state: 'ended', reason: event.reason, at: event.at } };
}

/** Whether anything may still be done under the task at `at`. */
export function isTaskOpen(task: TaskState, at: number): boolean {
  return task.state === 'open' && at < task.expiresAt;
}
