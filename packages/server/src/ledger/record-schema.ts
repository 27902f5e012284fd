import { z } from 'zod';

/** Records as the API shows them. */
export const recordSchema = z.object({
  seq: z.number().int(),
  id: z.string(),
  kind: z.string(),
  at: z.number().int().describe('Epoch milliseconds'),
  causes: z.array(z.string()).readonly(),
  erased: z.boolean(),
  damaged: z.literal(true).optional().describe('The stored payload is not the one that was recorded'),
  action: z.string().optional(),
  agent: z.string().optional(),
  agents: z.array(z.string()).readonly().optional(),
  key: z.string().optional(),
  session: z.string().optional().describe('Digest of the name of its session'),
  task: z.string().optional(),
  person: z.string().optional(),
  chain: z.array(z.string()).readonly().optional(),
  approval: z.string().optional(),
  policyVersion: z.string().optional(),
  upstream: z.string().optional(),
  tool: z.string().optional(),
  toolCall: z.string().optional().describe('What a model or framework called this call'),
  trace: z.string().optional().describe('W3C trace id'),
  drill: z.string().optional().describe('The run of drills it belongs to: nothing real was done'),
  body: z.record(z.string(), z.unknown()).readonly().optional(),
  notCanonical: z.string().optional(),
  withheld: z.literal(true).optional().describe('What it says is not shown to this reader'),
});

export const recordPageSchema = z.object({
  items: z.array(recordSchema).readonly(),
  next: z.string().nullable(),
});

const cosignedByGateways = z.number().int().describe('Other gateways of this database that have cosigned it');

export const provenRecordSchema = z.object({
  record: recordSchema,
  entry: z.string(),
  opening: z.object({ payload: z.string(), salt: z.string() }).nullable(),
  proof: z.object({
    checkpoint: z.string(),
    size: z.number().int(),
    cosigned: z.number().int().describe('Witnesses that have cosigned the checkpoint'),
    cosignedByGateways,
    stream: z.string().describe('The stream of the ledger that the record is in'),
    origin: z.string(),
    vkey: z.string(),
    path: z.array(z.string()).readonly(),
  }),
});

export const checkpointSchema = z.object({
  stream: z.string(),
  origin: z.string(),
  vkey: z.string(),
  size: z.number().int(),
  at: z.number().int(),
  note: z.string(),
  cosigned: z.number().int().describe('Witnesses that have cosigned it'),
  cosignedByGateways,
});
