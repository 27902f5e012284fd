import { ARGUMENT_ROLES, ORIGINS } from '@countersign/core';
import { z } from 'zod';
import { tallyAnswer } from '../replay/tally.ts';
import { explainedRule } from './explain-rules.ts';

const effect = z.enum(['allow', 'step_up', 'deny']);

const changeAnswer = z.object({
  summary: z.string(),
  policies: z.array(z.object({ id: z.string(), file: z.string(), before: z.string(), after: z.string() })),
  added: z.object({ name: z.string(), text: z.string() }).nullable(),
  opens: tallyAnswer
    .nullable()
    .describe('What else it would let through of what was recorded, against the bundle in force'),
});

export const explainAnswer = z.object({
  record: z.string(),
  action: z.string(),
  at: z.number().int(),
  agent: z.string().nullable(),
  tool: z.string().nullable(),
  recorded: z.object({
    effect: z.string(),
    decidedBy: z.string(),
    reasons: z.array(z.looseObject({ code: z.string() })),
    policies: z.array(z.string()),
    provenance: z
      .array(
        z.object({
          pointer: z.string(),
          role: z.enum(ARGUMENT_ROLES),
          worst: z.enum(ORIGINS),
          origins: z.array(z.enum(ORIGINS)),
        }),
      )
      .describe('Where its arguments came from, without their values'),
  }),
  policyVersion: z.string().nullable(),
  repeated: z
    .object({
      effect: effect.nullable(),
      isSame: z.boolean(),
      why: z.string().nullable().describe('Why the decision cannot be repeated exactly'),
      assumed: z.array(z.string()).describe('Taken as it is today, because the record does not say'),
    })
    .describe('The decision made again, from what was recorded, under the policies of then'),
  rules: z.array(explainedRule).describe('Every rule whose scope fits, and why it held or did not'),
  otherRules: z
    .number()
    .int()
    .describe('Rules of the bundle that are about other agents, tools or resources'),
  now: z.object({ version: z.string(), effect }).nullable().describe('What the bundle in force says of it'),
  changes: z
    .array(changeAnswer)
    .describe('Small changes that would allow it, the one that opens least first'),
  tried: z
    .object({ decisions: z.number().int(), from: z.number().int(), isComplete: z.boolean() })
    .nullable(),
});

export type Explanation = z.infer<typeof explainAnswer>;
