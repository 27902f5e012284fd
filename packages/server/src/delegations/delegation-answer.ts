import { EFFECTS } from '@countersign/core';
import { z } from 'zod';
import { pageSchema } from '../wire/page.ts';

const names = z.array(z.string()).readonly();
const primitive = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const rule = z.union([
  z.object({ equals: primitive }),
  z.object({ oneOf: z.array(primitive).readonly() }),
  z.object({ max: z.number() }),
  z.object({ min: z.number() }),
  z.object({ prefix: z.string() }),
  z.object({ pathWithin: z.string() }),
  z.object({ maxLength: z.number() }),
]);

/** What the API says of limits. */
export const limitsAnswer = z.object({
  upstreams: z.union([z.literal('*'), names]),
  actions: names,
  arguments: z
    .array(
      z.object({ action: z.string(), path: z.string(), rule, optional: z.literal(true).exactOptional() }),
    )
    .readonly(),
  dataDomains: z.union([z.literal('*'), names]),
  effects: z.array(z.enum(EFFECTS)).readonly(),
  environments: names,
  expiresAt: z.number(),
  calls: z.number().nullable(),
  spendMinor: z.number().nullable(),
  currency: z.string().nullable(),
  rows: z.number().nullable().exactOptional(),
  bytes: z.number().nullable().exactOptional(),
  depth: z.number(),
});

/** What the API says of delegations. */
export const delegationAnswer = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  fromPersonId: z.string().nullable(),
  fromAgentId: z.string().nullable(),
  agentId: z.string(),
  rootPersonId: z.string(),
  taskId: z.string().nullable(),
  purpose: z.string(),
  limits: limitsAnswer,
  description: names,
  isDefault: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
  revokedAt: z.number().nullable(),
  state: z.enum(['active', 'expired', 'revoked']),
});

export const delegationPageAnswer = pageSchema(delegationAnswer);
export const delegationDetailAnswer = delegationAnswer.extend({
  chain: z.array(delegationAnswer).readonly(),
  used: z.object({ calls: z.number(), spendMinor: z.number(), rows: z.number(), bytes: z.number() }),
});
export const revokedDelegationAnswer = delegationAnswer.extend({
  ended: names,
  endedTasks: names,
  cut: names,
});
