import { LIFTABLE_LABELS, SENSITIVITIES } from '@countersign/core';
import { z } from 'zod';
import { limitsAnswer } from '../delegations/index.ts';
import { pageSchema } from '../wire/page.ts';

/** What the API says of tasks. */
export const taskAnswer = z.object({
  id: z.string(),
  delegationId: z.string(),
  agentId: z.string(),
  parentTaskId: z.string().nullable(),
  purpose: z.string(),
  prompt: z.string().nullable(),
  limits: limitsAnswer,
  openedAt: z.number(),
  expiresAt: z.number(),
  endedAt: z.number().nullable(),
  endReason: z.string().nullable(),
  state: z.enum(['open', 'ended', 'expired']),
  paused: z
    .object({ at: z.number(), cause: z.string() })
    .nullable()
    .describe('Since when its work is held up until a person resumes it'),
  used: z.object({ calls: z.number(), spendMinor: z.number(), rows: z.number(), bytes: z.number() }),
});

/** One task, with what it has read. */
export const taskDetailAnswer = taskAnswer.extend({
  labels: z.object({
    trust: z.enum(['trusted', 'untrusted']),
    sensitivity: z.enum(SENSITIVITIES),
    audience: z.union([z.literal('anyone'), z.array(z.string()).readonly()]),
  }),
  lifted: z
    .array(
      z.object({
        id: z.string(),
        label: z.enum(LIFTABLE_LABELS),
        until: z.number(),
        callsLeft: z.number().nullable(),
      }),
    )
    .readonly(),
});

export const taskPageAnswer = pageSchema(taskAnswer);
export const endedTaskAnswer = taskAnswer.extend({ cut: z.array(z.string()).readonly() });
