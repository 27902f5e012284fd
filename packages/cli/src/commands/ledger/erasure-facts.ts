import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface ErasureFacts {
  readonly id: string;
  readonly selection: string;
  readonly digest: string;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly state: 'asked' | 'signed' | 'erased' | 'cancelled' | 'expired';
  readonly link: string;
}

export const erasureFields: readonly Column<ErasureFacts>[] = [
  ['ERASURE', ({ id }) => id],
  ['OF', ({ selection }) => selection],
  ['STATE', ({ state }) => state],
  ['ASKED BY', ({ askedBy }) => askedBy],
  ['REASON', ({ reason }) => reason],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['SIGN AT', ({ state, link }) => (state === 'asked' || state === 'signed' ? link : undefined)],
];
