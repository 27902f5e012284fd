import { z } from 'zod';

const dayMilliseconds = 24 * 60 * 60_000;

/** What a browser says of how its person read: a measure of care, signed by nobody and proof of nothing. */
export const readingInput = z.strictObject({
  /** That the page was in front of them. */
  milliseconds: z.number().int().min(0).max(dayMilliseconds),
  /** Parts of it that they opened. */
  opened: z.number().int().min(0).max(10_000),
});

type Reading = z.output<typeof readingInput>;

/** As it is kept, in JSON: nobody reads longer than a request has been there. */
export function boundReading(reading: Reading | undefined, sinceMilliseconds: number): string | null {
  if (reading === undefined) return null;
  const milliseconds = Math.min(reading.milliseconds, Math.max(0, sinceMilliseconds));
  return JSON.stringify({ milliseconds, opened: reading.opened });
}
