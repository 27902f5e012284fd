import { LONGEST_GRANT_MS, MOST_GRANT_USES } from '@countersign/core';
import { z } from 'zod';

const pointer = z.string().max(256);

/** What a person would let happen beside the call at hand. */
export const grantWish = z.strictObject({
  uses: z
    .number()
    .int()
    .min(2)
    .max(MOST_GRANT_USES)
    .describe('How many calls in all, the one at hand included'),
  expiresAt: z
    .number()
    .int()
    .min(0)
    .describe(`Epoch milliseconds; at most ${LONGEST_GRANT_MS / 3_600_000} hours from now`),
  free: z.array(pointer).max(16).optional().describe('Arguments that may be anything'),
  exact: z.boolean().optional().describe('Exactly the amounts of the call at hand'),
  totalMinor: z.number().int().min(0).optional().describe('What all of them may spend, in minor units'),
  scope: z.enum(['task', 'delegation']).optional(),
});

/** With the signature; null for the call at hand alone, where somebody before has signed for more. */
export const grantInput = { grant: grantWish.nullable().optional() };

export type GivenGrant = z.output<typeof grantWish> | null | undefined;
