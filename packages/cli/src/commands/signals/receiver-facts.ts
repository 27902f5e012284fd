import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

/** A program that is told of security events. */
export interface ReceiverFacts {
  readonly id: string;
  readonly name: string;
  readonly audience: string;
  readonly scope: string;
  readonly subjects: readonly string[] | '*';
  readonly everybody: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
}

export const receiverFields: readonly Column<ReceiverFacts>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['AUDIENCE', ({ audience }) => audience],
  ['SCOPE', ({ scope }) => scope],
  ['MAY HEAR OF', ({ subjects }) => (subjects === '*' ? 'anybody' : subjects.join(', '))],
  ['HEARS OF', ({ everybody }) => (everybody ? 'all of them' : 'those it adds')],
  ['ADDED', ({ createdAt }) => formatTime(createdAt)],
  ['BY', ({ createdBy }) => createdBy],
];
