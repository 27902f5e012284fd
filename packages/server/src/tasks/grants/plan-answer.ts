import { z } from 'zod';

const argument = z.object({
  pointer: z.string(),
  role: z.string(),
  values: z.array(z.string()).readonly(),
  origins: z.array(z.string()).readonly(),
  refused: z.array(z.string()).readonly(),
});

/** What the API says of the plan of a task. */
export const planAnswer = z.object({
  taskId: z.string(),
  isGiven: z.boolean().describe('False: nobody said what the task is to do'),
  confirmedBy: z.string().nullable().describe('The person who signed that the prompt is theirs'),
  promptDigest: z.string().nullable(),
  planDigest: z.string().nullable(),
  reading: z.string().nullable(),
  expiresAt: z.number(),
  entries: z
    .array(
      z.object({
        id: z.string(),
        tool: z.string(),
        arguments: z.array(argument).readonly(),
        source: z.enum(['prompt', 'approval', 'person']),
        because: z.string(),
        uses: z.number().nullable(),
        usesLeft: z.number().nullable(),
        expiresAt: z.number().nullable(),
      }),
    )
    .readonly(),
});
