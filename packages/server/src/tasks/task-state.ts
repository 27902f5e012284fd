import type { TaskEnding, TaskState } from '@countersign/core';

/** A stored task as the pure rules see it. */
export function readTaskState(row: {
  readonly ended_at: number | null;
  readonly end_reason: string | null;
  readonly expires_at: number;
}): TaskState {
  if (row.ended_at === null) return { state: 'open', expiresAt: row.expires_at };
  if (row.end_reason === 'expired') return { state: 'expired', at: row.ended_at };
  return { state: 'ended', reason: row.end_reason as TaskEnding, at: row.ended_at };
}
