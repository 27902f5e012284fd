import { z } from 'zod';
import { digestFiles } from './bundle/bundle-input.ts';
import { type BundleRow, readFiles } from './bundle/find-bundle.ts';

export const bundleAnswer = z.object({
  version: z.string(),
  digest: z.string().describe('SHA-256 of the canonical files, base64url'),
  isActive: z.boolean(),
  createdAt: z.number().describe('Epoch milliseconds'),
  activatedAt: z.number().nullable(),
  activatedBy: z.string().nullable(),
  author: z.string().nullable(),
  quarantinedAt: z
    .number()
    .nullable()
    .describe('Since when the official engine decides it, because the engines disagreed'),
});

export type BundleView = Readonly<z.infer<typeof bundleAnswer>>;

export const complaintAnswer = z.object({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
  policyId: z.string().optional(),
});

export function showBundle(row: BundleRow, active: string): BundleView {
  return {
    version: row.version,
    digest: digestFiles(readFiles(row)),
    isActive: row.version === active,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    activatedBy: row.activated_by,
    author: row.author,
    quarantinedAt: row.quarantined_at,
  };
}
