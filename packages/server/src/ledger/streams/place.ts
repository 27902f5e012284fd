import { z } from 'zod';
import { mostStreams, streamOf } from '../../plugins/database/ledger-streams.ts';

/** How far back something was read: in each stream that is not finished, everything before this `seq` is left. */
export type Place = ReadonlyMap<number, number>;

/** One `seq` for each stream that is not finished; for a ledger of one stream a number. */
export const placeText = z.coerce
  .string()
  .regex(/^\d{1,15}(?:\.\d{1,15}){0,31}$/)
  .describe('As an earlier answer said where to go on');

export function readPlace(text: string): Place {
  const ends = text.split('.').map(Number);
  return new Map(ends.slice(0, mostStreams).map((end) => [streamOf(end), end] as const));
}

/** Null when nothing is left anywhere. */
export function writePlace(ends: Place): string | null {
  return ends.size === 0 ? null : [...ends.values()].sort((one, other) => one - other).join('.');
}
