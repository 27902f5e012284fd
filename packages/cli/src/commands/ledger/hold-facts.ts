import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface HoldFacts {
  readonly id: string;
  readonly selection: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly endedAt: number | null;
}

export const holdFields: readonly Column<HoldFacts>[] = [
  ['HOLD', ({ id }) => id],
  ['ON', ({ selection }) => selection],
  ['SINCE', ({ at }) => formatTime(at)],
  ['BY', ({ by }) => by],
  ['ENDED', ({ endedAt }) => (endedAt === null ? undefined : formatTime(endedAt))],
  ['REASON', ({ reason }) => reason],
];
