import { z } from 'zod';

/** Who reviews what others may do. */
export const reviewsSchema = z.strictObject({
  reviewers: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/))
    .min(1)
    .max(16)
    .default(['admin'])
    .describe(
      'Roles or groups whose members review everything; the top tier is theirs alone, and never their own.',
    ),
});
