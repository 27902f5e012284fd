import { z } from 'zod';
import type { DayRow } from './inspected-agents.ts';

/** In whole hours, UTC: from the beginning of `from` to the beginning of `to`; over midnight when `to` is not later. */
export const workingHours = z.strictObject({
  from: z.number().int().min(0).max(23),
  to: z.number().int().min(0).max(24),
});
export type WorkingHours = z.infer<typeof workingHours>;

export function readWorkingHours(text: string | null): WorkingHours | null {
  return text === null ? null : workingHours.parse(JSON.parse(text));
}

/** Days of which hours are judged; what is before them says what is usual. */
export const judgedDays = 7;
export const learnedDays = 30;
/** Less activity teaches nothing. */
const fewestDays = 10;
const fewestCalls = 100;

export interface OddHour {
  readonly day: number;
  readonly hour: number;
  readonly calls: number;
  /** The last record of it. */
  readonly record: string | null;
}

/** Calls of the last seven days in hours that are not the agent's; null when its hours are neither stated nor learned yet. */
export function findOddHours(
  days: readonly DayRow[],
  stated: WorkingHours | null,
  today: number,
): readonly OddHour[] | null {
  const isTheirs = stated === null ? learnHours(days, today) : (hour: number) => isWithinHours(stated, hour);
  if (isTheirs === null) return null;
  return days
    .filter(({ day }) => day > today - judgedDays)
    .flatMap(({ day, hours, hour_records }) => {
      const counts: readonly number[] = JSON.parse(hours);
      const odd = [...counts.entries()].filter(([hour, calls]) => calls > 0 && !isTheirs(hour));
      if (odd.length === 0) return [];
      const records: Readonly<Record<string, string>> = JSON.parse(hour_records);
      return odd.map(([hour, calls]) => ({ day, hour, calls, record: records[hour] ?? null }));
    });
}

function isWithinHours({ from, to }: WorkingHours, hour: number): boolean {
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** An hour is theirs when they worked in it, or in one next to it, on one of the days before. */
function learnHours(days: readonly DayRow[], today: number): ((hour: number) => boolean) | null {
  const before = days.filter(
    ({ day }) => day <= today - judgedDays && day > today - judgedDays - learnedDays,
  );
  const calls = before.reduce((sum, one) => sum + one.calls, 0);
  if (before.length < fewestDays || calls < fewestCalls) return null;
  const used = Array.from({ length: 24 }, () => false);
  for (const { hours } of before) {
    const counts: readonly number[] = JSON.parse(hours);
    for (const [hour, count] of counts.entries()) {
      if (count === 0) continue;
      for (const near of [hour + 23, hour, hour + 1]) used[near % 24] = true;
    }
  }
  return (hour) => used[hour] === true;
}
