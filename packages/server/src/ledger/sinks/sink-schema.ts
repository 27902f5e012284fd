import { z } from 'zod';

export const sinkStandingSchema = z.object({
  name: z.string(),
  kind: z.string(),
  next: z.number().int().describe('seq of the first record it has not got'),
  behind: z.number().int().describe('Records of the ledger it has not come to yet'),
  behindSeconds: z.number().int().describe('How old the oldest of them is'),
  delivered: z.number().int(),
  deliveredAt: z.number().int().nullable().describe('Epoch milliseconds'),
  failingSince: z.number().int().nullable().describe('Epoch milliseconds'),
  attempts: z.number().int(),
  nextAt: z.number().int().nullable().describe('Epoch milliseconds'),
  lastError: z.string().nullable(),
  setAside: z.number().int().describe('Records that it refused'),
});

export const sinksSchema = z.object({ sinks: z.array(sinkStandingSchema).readonly() });

export const refusalPageSchema = z.object({
  items: z
    .array(
      z.object({
        seq: z.number().int(),
        record: z.string(),
        why: z.string(),
        at: z.number().int().describe('Epoch milliseconds'),
        resend: z.boolean(),
      }),
    )
    .readonly(),
  next: z.string().nullable(),
});
