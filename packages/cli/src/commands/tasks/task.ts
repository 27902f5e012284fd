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

export interface TaskLabelFacts {
  readonly labels: {
    readonly trust: string;
    readonly sensitivity: string;
    readonly audience: readonly string[] | 'anyone';
  };
  readonly lifted: readonly {
    readonly label: string;
    readonly until: number;
    readonly callsLeft: number | null;
  }[];
}

/** What a task has read, in a line. */
export function describeLabels({ labels: { trust, sensitivity, audience } }: TaskLabelFacts): string {
  const who = audience === 'anyone' ? audience : audience.length === 0 ? 'nobody' : audience.join(', ');
  return `${trust}, ${sensitivity}, for ${who}`;
}

export function describeLift({ label, until, callsLeft }: TaskLabelFacts['lifted'][number]): string {
  const calls = callsLeft === null ? '' : ` or ${callsLeft} calls`;
  return `${label} until ${formatTime(until)}${calls}`;
}
