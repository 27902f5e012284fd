import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface Duty {
  readonly id: string;
  readonly giverId: string;
  readonly holderId: string;
  readonly names: readonly string[] | null;
  readonly from: number;
  readonly until: number;
  readonly state: string;
}

export const dutyFields: readonly Column<Duty>[] = [
  ['ID', ({ id }) => id],
  ['STATE', ({ state }) => state],
  ['HOLDER', ({ holderId }) => holderId],
  ['APPROVES FOR', ({ giverId }) => giverId],
  ['WHAT', ({ names }) => names ?? 'everything'],
  ['FROM', ({ from }) => formatTime(from)],
  ['UNTIL', ({ until }) => formatTime(until)],
];
