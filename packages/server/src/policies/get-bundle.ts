import { AppError } from '@countersign/api';
import { z } from 'zod';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { findBundle, readFiles } from './bundle/find-bundle.ts';
import { parseBundle } from './bundle/parse-bundle.ts';
import { bundleAnswer, showBundle } from './show-bundle.ts';

export const bundleVersion = z.union([idSchema('pol'), z.literal('active')]);

export const wholeBundleAnswer = bundleAnswer.extend({
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  policies: z.array(
    z.object({
      id: z.string(),
      effect: z.enum(['permit', 'forbid']),
      stepUp: z.string().nullable(),
      description: z.string().nullable(),
    }),
  ),
  isKeptInFolder: z
    .boolean()
    .describe('Whether the policies of this server are kept in a folder, so that none are activated here'),
  misfits: z
    .record(z.string(), z.array(z.string()))
    .describe('Tools that are denied because these policies do not fit them as they are now pinned'),
});

export type WholeBundle = z.infer<typeof wholeBundleAnswer>;

/** A bundle with its files; `active` is the one in force. Throws `policy.not_found`. */
export async function getBundle(
  context: PolicyContext,
  actor: Actor,
  version: z.infer<typeof bundleVersion>,
): Promise<WholeBundle> {
  requirePermission(actor, 'policies.read');
  const active = context.policies.version;
  const row = await findBundle(context.store.sql, version === 'active' ? active : version);
  if (row === undefined) throw new AppError('policy.not_found');
  const files = readFiles(row).map(({ name, text }) => ({ name, text }));
  const { policies } = parseBundle(files);
  const misfits = row.version === active ? [...context.policies.misfits] : [];
  return {
    ...showBundle(row, active),
    files,
    policies: policies.map(({ id, effect, stepUp, description }) => ({
      id,
      effect,
      stepUp: stepUp ?? null,
      description: description ?? null,
    })),
    isKeptInFolder: context.config.policies.folder !== undefined,
    misfits: Object.fromEntries(misfits.map(([tool, ids]) => [tool, [...ids]])),
  };
}
