import { z } from 'zod';

/** A secret as people see it: never its value. */
export const secretAnswer = z.object({
  name: z.string(),
  version: z.string().describe('Changes whenever the value does.'),
  changedAt: z.number().int().nullable().describe('Epoch milliseconds; null when the store does not know.'),
});
