import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface StopFacts {
  readonly id: string;
  readonly scope: string;
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly liftedAt: number | null;
}

export const stopFields: readonly Column<StopFacts>[] = [
  ['ID', ({ id }) => id],
  ['SCOPE', ({ scope }) => scope],
  ['TARGET', ({ target }) => target],
  ['BY', ({ by }) => by],
  ['AT', ({ at }) => formatTime(at)],
  ['LIFTED', ({ liftedAt }) => (liftedAt === null ? 'in force' : formatTime(liftedAt))],
  ['REASON', ({ reason }) => reason],
];
