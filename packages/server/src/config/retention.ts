import { z } from 'zod';

const age = z.string().regex(/^[1-9]\d{0,4}d$/, 'a number of days, such as 90d');

/** How long the evidence of each class can be read. */
export const retentionSchema = z
  .strictObject({
    content: age.optional().describe('What was said: prompts, arguments, results.'),
    decision: age.optional().describe('Who decided what.'),
    identity: age.optional().describe('Whom it concerned.'),
    operation: age.optional().describe('All else.'),
  })
  .prefault({})
  .describe('After so many days the keys of such records are destroyed; without an age they are kept.');
