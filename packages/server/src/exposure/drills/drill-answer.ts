import { z } from 'zod';

const step = z.object({
  title: z.string(),
  expected: z.string(),
  seen: z.string(),
  passed: z.boolean(),
  isPremise: z.boolean().describe('It only prepares: where it fails, the drill shows nothing'),
  code: z.string().nullable(),
  calls: z.number().int(),
  reached: z.number().int().describe('Calls that a fake upstream got'),
  milliseconds: z.number(),
  policies: z.array(z.string()).readonly(),
  records: z.array(z.string()).readonly(),
});

const source = z.enum(['built-in', 'folder', 'given']);

const played = z.object({
  name: z.string(),
  title: z.string(),
  about: z.string().nullable(),
  covers: z.array(z.string()).readonly(),
  source,
  file: z.string(),
  digest: z.string(),
  outcome: z.enum(['contained', 'not_contained', 'inconclusive']),
  failure: z.string().nullable(),
  policyVersion: z.string(),
  startedAt: z.number().int(),
  milliseconds: z.number(),
  contained: z.object({ calls: z.number().int(), milliseconds: z.number() }).nullable(),
  steps: z.array(step).readonly(),
  notPlayed: z.number().int(),
});

/** The signature covers the canonical form of `report`, so nothing is added to it here. */
export const signedReportAnswer = z.object({
  report: z.object({
    format: z.literal('countersign-drill-report/1'),
    run: z.string(),
    server: z.string(),
    environment: z.string(),
    trigger: z.enum(['asked', 'schedule']),
    by: z.string(),
    startedAt: z.number().int(),
    finishedAt: z.number().int(),
    passed: z.boolean(),
    drills: z.array(played).readonly(),
  }),
  note: z.string(),
  vkey: z.string(),
});

export const runAnswer = z.object({
  id: z.string(),
  startedAt: z.number().int(),
  finishedAt: z.number().int(),
  passed: z.boolean(),
  trigger: z.enum(['asked', 'schedule']),
  by: z.string(),
  digest: z.string(),
});

export const drillsAnswer = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        about: z.string().nullable(),
        covers: z.array(z.string()).readonly(),
        source,
        file: z.string(),
        steps: z.number().int(),
      }),
    )
    .readonly(),
});

export const scheduleAnswer = z.object({
  schedule: z
    .object({
      everySeconds: z.number().int(),
      drills: z.array(z.string()).readonly().nullable(),
      nextAt: z.number().int(),
      setBy: z.string(),
      setAt: z.number().int(),
    })
    .nullable(),
});
