import { z } from 'zod';

export const GHOST_KINDS = [
  'no_owner',
  'unclaimed',
  'unused',
  'old_key',
  'two_places',
  'off_hours',
  'delegation_to_nobody',
] as const;
export type GhostKind = (typeof GHOST_KINDS)[number];

export const ghostAnswer = z.object({
  agentId: z.string(),
  agentName: z.string(),
  ownerId: z.string(),
  ownerName: z.string(),
  kind: z.enum(GHOST_KINDS),
  severity: z.enum(['high', 'medium', 'low']),
  detail: z.string().describe('What was found, in a sentence'),
  since: z.number().describe('Epoch milliseconds'),
  evidence: z.array(z.string()).readonly().describe('Ids of ledger records; empty when none says it'),
  fix: z.string().describe('Arguments of `countersign` that end it'),
});

/** One reason to doubt that an agent should be there, or be as it is. Times are epoch milliseconds. */
export type Ghost = z.infer<typeof ghostAnswer>;
