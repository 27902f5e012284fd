import { z } from 'zod';

/** What decisions need of a line that is written nowhere else, from the gateway that had it to the next. */
const carriedSchema = z.object({
  /** Tasks in which a model has answered. */
  answered: z.array(z.string()).max(1_000).default([]),
  /** Refusals that count towards a pause: of all, and by agent. */
  refused: z.tuple([z.number(), z.record(z.string(), z.number())]).default([0, {}]),
});
export type Carried = z.infer<typeof carriedSchema>;

/** Null where there is nothing to carry. */
export function writeCarried(carried: Carried): string | null {
  const isEmpty = carried.answered.length === 0 && carried.refused[0] === 0;
  return isEmpty ? null : JSON.stringify({ ...carried, answered: carried.answered.slice(0, 1_000) });
}

export function readCarried(text: string | null): Carried {
  return carriedSchema.parse(text === null ? {} : JSON.parse(text));
}
