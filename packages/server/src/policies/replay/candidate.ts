import { AppError } from '@countersign/api';
import { digestFiles } from '../bundle/bundle-input.ts';
import { compileBundle } from '../bundle/compile-bundle.ts';
import { type Complaint, type PolicyFile, writeComplaints } from '../bundle/complaint.ts';
import { findBundle, readFiles } from '../bundle/find-bundle.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { createLiveBundle, type LiveBundle } from '../decide/live-bundle.ts';
import { listPinnedTools } from '../list-pinned-tools.ts';
import { listNamed, type PolicyModes, readModes } from '../modes/read-modes.ts';
import type { ReplayContext } from './rebuild-request.ts';

export interface Candidate {
  readonly files: readonly PolicyFile[];
  readonly bundle: LiveBundle;
  readonly warnings: readonly Complaint[];
}

/** The bundle that a caller means: given files, or a stored version. Throws what compiling or restoring it does. */
export function findCandidate(
  context: ReplayContext,
  meant: { readonly files: readonly PolicyFile[] } | { readonly version: string },
): Promise<Candidate> {
  return 'files' in meant ? compileCandidate(context, meant.files) : restoreCandidate(context, meant.version);
}

/** A bundle that is asked and never put in force, with the modes it would have. Throws `policy.invalid`. */
export async function compileCandidate(
  context: ReplayContext,
  files: readonly PolicyFile[],
  version = 'candidate',
): Promise<Candidate> {
  const tools = listPinnedTools(context.upstreams);
  const { policies, compiled, declared, errors, warnings } = await compileBundle(files, tools);
  if (errors.length > 0) throw new AppError('policy.invalid', { detail: writeComplaints(errors) });
  const bundle = createLiveBundle({
    ...{ version, digest: digestFiles(files), policies, compiled, declared },
    validatedWith: tools,
  });
  return { files, warnings, bundle: bundle.withModes(await findModes(context, policies)) };
}

/**
 * A stored bundle as it would decide today: tools that it no longer fits are denied by it. `active` is the one in force.
 * Throws `policy.not_found`, `policy.signature_invalid`, and `policy.invalid` when it cannot be read any more.
 */
export async function restoreCandidate(context: ReplayContext, version: string): Promise<Candidate> {
  const wanted = version === 'active' ? context.policies.version : version;
  const row = await findBundle(context.store.sql, wanted);
  if (row === undefined) throw new AppError('policy.not_found', { detail: wanted });
  context.policies.seals.requireSigned(row);
  const files = readFiles(row);
  const { live } = context.policies;
  if (live?.version === wanted) return { files, bundle: live, warnings: [] };
  const tools = listPinnedTools(context.upstreams);
  const { policies, compiled, declared, isReadable, errors, warnings } = await compileBundle(files, tools);
  if (!isReadable) throw new AppError('policy.invalid', { detail: writeComplaints(errors) });
  const bundle = createLiveBundle({
    ...{ version: wanted, digest: digestFiles(files), policies, compiled, declared },
    ...(errors.length === 0 ? { validatedWith: tools } : {}),
  });
  return { files, warnings, bundle: bundle.withModes(await findModes(context, policies)) };
}

/** Those that are kept, and for a policy that was never here before the one it would start with. */
async function findModes(context: ReplayContext, policies: readonly ParsedPolicy[]): Promise<PolicyModes> {
  const { sql } = context.store;
  const modes = new Map(await readModes(sql, context.policies.seals, policies));
  for (const { id, mode } of listNamed(policies)) if (!modes.has(id)) modes.set(id, mode ?? 'enforce');
  return modes;
}
