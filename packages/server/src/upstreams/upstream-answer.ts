import { EFFECTS, FINDING_GRADES, FINDING_KINDS, REVERSIBILITIES } from '@countersign/core';
import { z } from 'zod';
import { credentialSettings } from './credentials/credential-settings.ts';
import { argumentRoles, resultLabels } from './labels-schema.ts';
import { modelProviders } from './live-upstream.ts';
import { upstreamKind } from './upstream-schema.ts';

const settings = z
  .object({
    url: z.string().optional(),
    allowPrivate: z.boolean().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    documentUrl: z.string().optional(),
    query: z.record(z.string(), z.string()).optional(),
    basic: z.object({ username: z.string(), password: z.string() }).optional(),
    maxStreamBytes: z.number().optional(),
    provider: z.enum(modelProviders).optional(),
    cardUrl: z.string().optional(),
    signedBy: z
      .object({
        jwksUrl: z.string().optional(),
        keys: z.array(z.record(z.string(), z.unknown())).readonly().optional(),
      })
      .optional(),
    direct: z.boolean().optional(),
    agent: z.string().optional(),
    passHeaders: z.array(z.string()).readonly().optional(),
    hostedTools: z.array(z.string()).readonly().optional(),
    command: z.string().optional(),
    args: z.array(z.string()).readonly().optional(),
    cwd: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
    credential: credentialSettings.optional(),
    timeoutSeconds: z.number().optional(),
    maxResultBytes: z.number().optional(),
    secretMaxAgeDays: z.number().optional(),
  })
  .describe('Secrets appear as references, never as values.');

export const upstreamAnswer = z.object({
  name: z.string(),
  kind: upstreamKind,
  environment: z.string(),
  settings,
  createdAt: z.number().int(),
});

const toolFields = {
  upstream: z.string(),
  name: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  state: z.enum(['pinned', 'quarantined', 'missing']),
  digest: z.string(),
  offeredDigest: z.string().nullable(),
  effects: z.array(z.enum(EFFECTS)).readonly(),
  dataDomain: z.string(),
  reversibility: z.enum(REVERSIBILITIES),
  confirmed: z.boolean(),
  amountPointer: z.string().nullable(),
  amountCurrency: z.string().nullable(),
  argumentRoles,
  resultLabels,
  sentence: z.string().nullable(),
  proposal: z.object({
    effects: z.array(z.enum(EFFECTS)).readonly(),
    reversibility: z.enum(REVERSIBILITIES),
    dataDomain: z.string().nullable(),
    because: z.array(z.string()).readonly(),
    argumentRoles,
    resultLabels,
  }),
  findings: z
    .array(
      z.object({
        kind: z.enum(FINDING_KINDS),
        grade: z.enum(FINDING_GRADES),
        path: z.string(),
        because: z.string(),
        other: z.string().optional(),
      }),
    )
    .readonly(),
  findingsDigest: z.string().nullable(),
  findingsSeen: z.boolean(),
  pinnedAt: z.number().int(),
};
export const toolAnswer = z.object(toolFields);

const refused = z.array(z.object({ name: z.string(), reason: z.string() })).readonly();
export const toolsAnswer = z.object({ tools: z.array(toolAnswer).readonly(), refused });
export const addedUpstreamAnswer = z.object({
  ...upstreamAnswer.shape,
  tools: z.array(toolAnswer).readonly(),
  refused,
});

export const scannedAnswer = z.object({
  scanned: z.number().int(),
  tools: z.array(toolAnswer).readonly(),
});

const definition = z.record(z.string(), z.unknown()).nullable();
export const toolReviewAnswer = z.object({
  ...toolFields,
  pinned: definition,
  offered: definition,
  differences: z
    .array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
    .readonly(),
  hidden: z
    .array(
      z.object({
        where: z.enum(['pinned', 'offered']),
        path: z.string(),
        counts: z.record(z.string(), z.number()),
        shown: z.string(),
      }),
    )
    .readonly(),
});
