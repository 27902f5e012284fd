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
  readonly used: { readonly calls: number; readonly spendMinor: number };
}

export const taskFields: readonly Column<TaskFacts>[] = [
  ['ID', ({ id }) => id],
  ['STATE', ({ state, endReason }) => (endReason === null ? state : `${state} (${endReason})`)],
  ['AGENT', ({ agentId }) => agentId],
  ['DELEGATION', ({ delegationId }) => delegationId],
  ['OPENED', ({ openedAt }) => formatTime(openedAt)],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['CALLS', ({ used }) => used.calls],
  ['PURPOSE', ({ purpose }) => purpose],
];
