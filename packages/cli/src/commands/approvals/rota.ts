import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface Rota {
  readonly name: string;
  readonly people: readonly string[];
  readonly periodDays: number;
  readonly startsOn: string;
  readonly handover: string;
  readonly timeZone: string;
  readonly overrides: readonly { readonly person: string; readonly from: number; readonly until: number }[];
  readonly order: readonly string[];
}

export const rotaFields: readonly Column<Rota>[] = [
  ['ROTA', ({ name }) => name],
  ['ON CALL', ({ order }) => order[0] ?? 'nobody'],
  ['THEN', ({ order }) => order.slice(1)],
  ['TURNS', ({ periodDays, startsOn }) => `${periodDays} days from ${startsOn}`],
  ['HAND OVER', ({ handover, timeZone }) => `${handover} ${timeZone}`],
  [
    'INSTEAD',
    ({ overrides }) =>
      overrides.map(({ person, from, until }) => `${person} ${formatTime(from)} to ${formatTime(until)}`),
  ],
];
