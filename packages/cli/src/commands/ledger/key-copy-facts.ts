import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface KeyCopyFacts {
  readonly number: number;
  readonly erasures: number;
  readonly by: string;
  readonly at: number;
  readonly destroyedAt: number | null;
  readonly isStale: boolean;
}

export const copyFields: readonly Column<KeyCopyFacts>[] = [
  ['COPY', ({ number }) => number],
  ['MADE', ({ at }) => formatTime(at)],
  ['BY', ({ by }) => by],
  ['STATE', describeState],
];

function describeState({ destroyedAt, isStale }: KeyCopyFacts): string {
  if (destroyedAt !== null) return `destroyed ${formatTime(destroyedAt)}`;
  return isStale ? 'can open what was erased since' : 'as new as the keys';
}
