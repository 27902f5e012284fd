import { z } from 'zod';
import { pageSchema } from '../wire/page.ts';
import { workloadsAnswer } from './workload-view.ts';

/** What the API says of agents. */
export const agentAnswer = z.object({
  id: z.string(),
  name: z.string(),
  ownerId: z.string(),
  ownerName: z.string(),
  ownerState: z.enum(['invited', 'active', 'suspended']),
  purpose: z.string(),
  environment: z.string(),
  groups: z.array(z.string()).readonly(),
  state: z.enum(['registered', 'active', 'suspended', 'orphaned', 'retired']),
  createdAt: z.number(),
  changedAt: z.number(),
});

const keyAnswer = z.object({
  thumbprint: z.string(),
  jwk: z.object({
    kty: z.enum(['EC', 'OKP']),
    crv: z.enum(['P-256', 'Ed25519']),
    x: z.string(),
    y: z.string().optional(),
  }),
  createdAt: z.number(),
  validUntil: z.number().nullable(),
  valid: z.boolean(),
});

export const keysAnswer = z.object({ keys: z.array(keyAnswer).readonly() });
export const agentDetailAnswer = agentAnswer.extend({
  ...keysAnswer.shape,
  ...workloadsAnswer.shape,
});
export const agentPageAnswer = pageSchema(agentAnswer);
