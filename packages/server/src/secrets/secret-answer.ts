import { z } from 'zod';

const time = z.number().int().nullable();

/** A secret as people see it: never its value. */
export const secretAnswer = z.object({
  name: z.string().describe('As settings refer to it: {secret:<name>}.'),
  version: z.string().describe('Changes whenever the value does.'),
  changedAt: time.describe('Epoch milliseconds; null when the store does not know.'),
  previousUntil: time.describe('Epoch milliseconds until which the value before is good too; null for none.'),
  kind: z.enum(['static', 'leased']).describe('A leased one is made for a while and ends by itself.'),
  since: time.describe('Epoch milliseconds since when it has been seen with this value.'),
  maxAgeDays: z.number().int().nullable().describe('The strictest limit on its age; null for none.'),
  state: z.enum(['fresh', 'due', 'too_old', 'unlimited']).describe('due from four fifths of the limit on.'),
  usedBy: z
    .array(z.string())
    .readonly()
    .describe('Upstreams by name, and `configuration` for the server’s own.'),
});

const reported = z.object({
  name: z.string(),
  since: time,
  maxAgeDays: z.number().int().nullable(),
  previousUntil: time,
  state: z.enum(['fresh', 'due', 'too_old', 'unlimited', 'missing']),
});
const count = z.number().int();

export const secretsReportAnswer = z.object({
  upstreams: z
    .array(
      z.object({
        upstream: z.string(),
        class: z.enum(['static', 'leased', 'minted', 'per_user', 'none']),
        why: z.string(),
        secrets: z.array(reported).readonly(),
        agents: z.array(z.object({ id: z.string(), name: z.string() })).readonly(),
        agentCount: count,
        alternatives: z
          .array(
            z.object({
              how: z.enum([
                'oauth-user',
                'client-credentials',
                'token-exchange',
                'github-app',
                'aws-sts',
                'leased',
              ]),
              because: z.string(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  counts: z.object({ static: count, leased: count, minted: count, per_user: count, none: count }),
});
