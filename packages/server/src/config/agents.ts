import { z } from 'zod';

/** When an agent counts as a ghost. */
export const agentsSchema = z.strictObject({
  ghosts: z
    .strictObject({
      unusedDays: z.number().int().min(1).max(90).default(30).describe('Without a call for so long: unused.'),
      unclaimedDays: z
        .number()
        .int()
        .min(1)
        .max(90)
        .default(7)
        .describe('Registered and not activated, or without a consent in force, for so long: unclaimed.'),
      keyDays: z.number().int().min(1).max(3650).default(180).describe('A key in use for longer is too old.'),
    })
    .prefault({}),
});
