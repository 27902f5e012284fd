import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface TaskFacts {
  readonly id: string;
  readonly agentId: string;
  readonly delegationId: string;
  readonly purpose: string;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly endReason: string | null;
  readonly state: string;
  readonly paused: { readonly cause: string } | null;
  readonly used: { readonly calls: number; readonly spendMinor: number };
}

export const taskFields: readonly Column<TaskFacts>[] = [
  ['ID', ({ id }) => id],
  ['STATE', describeState],
  ['AGENT', ({ agentId }) => agentId],
  ['DELEGATION', ({ delegationId }) => delegationId],
  ['OPENED', ({ openedAt }) => formatTime(openedAt)],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['CALLS', ({ used }) => used.calls],
  ['PURPOSE', ({ purpose }) => purpose],
];

function describeState({ state, endReason, paused }: TaskFacts): string {
  if (endReason !== null) return `${state} (${endReason})`;
  return paused === null ? state : `paused (${paused.cause})`;
}
