import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { digestFiles } from './bundle/bundle-input.ts';
import { compileBundle } from './bundle/compile-bundle.ts';
import { writeComplaint, writeComplaints } from './bundle/complaint.ts';
import { type BundleRow, readFiles } from './bundle/find-bundle.ts';
import { createLiveBundle } from './decide/live-bundle.ts';
import { listPinnedTools } from './list-pinned-tools.ts';
import { listNamed, readModes } from './modes/read-modes.ts';
import { quarantineBundle } from './trust/quarantine-bundle.ts';
import { describeDisagreements, findDisagreements } from './trust/require-agreement.ts';

/**
 * Puts a bundle back in force after a start. Tools may have come and gone since it was activated: then each tool is
 * checked by itself, and one that a policy does not fit is denied. Throws when the bundle cannot be read at all, and
 * `policy.signature_invalid` when it, or the mode of one of its policies, is not what this server wrote.
 */
export async function restoreBundle(context: PolicyContext, row: BundleRow): Promise<void> {
  const restored = await prepareRestored(context, row);
  const disagreements = await restored.findDisagreements();
  const install = await restored.settle(context.store.sql, { isQuarantined: row.quarantined_at !== null });
  install();
  await restored.requireAgreement(disagreements);
}

type Disagreements = Awaited<ReturnType<typeof findDisagreements>>;

/** A bundle that was in force before, or elsewhere, ready to be so here. */
export interface RestoredBundle {
  /** With the modes that are kept there; what it returns puts it in force. Throws `policy.signature_invalid`. */
  settle(sql: Kysely<Schema>, as: { readonly isQuarantined: boolean }): Promise<() => void>;
  /** Where our engine decides otherwise than the official one. Takes long. */
  findDisagreements(): Promise<Disagreements>;
  /** Has the official engine decide where there are any; once it is in force. */
  requireAgreement(disagreements: Disagreements): Promise<void>;
}

/** All of it that takes long. Throws as `restoreBundle` does. */
export async function prepareRestored(context: PolicyContext, row: BundleRow): Promise<RestoredBundle> {
  context.policies.seals.requireSigned(row);
  const files = readFiles(row);
  const tools = listPinnedTools(context.upstreams);
  const { policies, declared, compiled, isReadable, errors } = await compileBundle(files, tools);
  if (!isReadable) throw new Error(writeComplaints(errors));
  for (const error of errors)
    context.log.warn(
      { complaint: writeComplaint(error), version: row.version },
      'a policy no longer fits the tools',
    );
  const validated = errors.length === 0 ? { validatedWith: tools } : {};
  const bundle = createLiveBundle({
    version: row.version,
    digest: digestFiles(files),
    policies,
    compiled,
    declared,
    ...validated,
  });
  await bundle.warm(tools);
  return {
    async settle(sql, as) {
      const modes = await readModes(sql, context.policies.seals, policies);
      const lost = listNamed(policies).find((policy) => !modes.has(policy.id));
      if (lost !== undefined)
        throw new AppError('policy.signature_invalid', { detail: `the mode of policy ${lost.id} is gone` });
      return () => context.policies.install(bundle.withModes(modes), as);
    },
    findDisagreements: () => findDisagreements(bundle, tools),
    async requireAgreement(disagreements) {
      if (disagreements.length > 0)
        await quarantineBundle(context, row.version, describeDisagreements(disagreements));
    },
  };
}
