import { parseDay, readLocalTime } from './local-time.ts';

/** People who take turns to be on call. */
export interface Rota {
  /** In the order of their turns. */
  readonly people: readonly string[];
  /** How long a turn is. */
  readonly periodDays: number;
  /** The day on which the first of them takes over, `2026-11-22`. */
  readonly startsOn: string;
  /** When they hand over, in minutes since midnight. */
  readonly handoverMinute: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly overrides: readonly RotaOverride[];
}

/** Somebody who is on call for a time instead of the one whose turn it is. Epoch milliseconds. */
export interface RotaOverride {
  readonly person: string;
  readonly from: number;
  readonly until: number;
}

/** Everybody of the rota, the one on call first and then those whose turns come next. */
export function orderOnCall(rota: Rota, at: number): readonly string[] {
  const { people, periodDays } = rota;
  if (people.length === 0) return [];
  const local = readLocalTime(rota.timeZone, at);
  const start = parseDay(rota.startsOn) ?? 0;
  const days = local.day - start - (local.minute < rota.handoverMinute ? 1 : 0);
  const turn = Math.floor(days / periodDays);
  const first = ((turn % people.length) + people.length) % people.length;
  const order = [...people.slice(first), ...people.slice(0, first)];
  // The newest override that covers the moment stands for the others.
  const instead = rota.overrides.findLast((one) => one.from <= at && at < one.until);
  return [...new Set(instead === undefined ? order : [instead.person, ...order])];
}
