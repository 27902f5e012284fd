import { CAUSAL_GAPS, CAUSAL_LINKS } from '@countersign/core';
import { z } from 'zod';
import { recordSchema } from '../record-schema.ts';

/** How records led to each other, as the API shows it. */
export const causalGraphSchema = z.object({
  record: recordSchema,
  nodes: z
    .array(
      z.object({
        record: recordSchema,
        distance: z.number().int().describe('Steps from the record that was asked about'),
        isContext: z.literal(true).optional().describe('Nothing proves that it mattered'),
      }),
    )
    .readonly(),
  edges: z
    .array(
      z.object({
        from: z.string().describe('The record that led to the other'),
        to: z.string(),
        link: z.enum(CAUSAL_LINKS),
        detail: z.string().optional(),
      }),
    )
    .readonly(),
  gaps: z
    .array(z.object({ at: z.string(), code: z.enum(CAUSAL_GAPS), text: z.string() }))
    .readonly()
    .describe('What is not known, and beside which record it is missing'),
  truncated: z.boolean().describe('There was more than was read'),
});
