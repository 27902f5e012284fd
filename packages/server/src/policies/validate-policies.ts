import type { z } from 'zod';
import { type Actor, requirePermission } from '../people/index.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { bundleInput, digestFiles } from './bundle/bundle-input.ts';
import { compileBundle } from './bundle/compile-bundle.ts';
import type { Complaint } from './bundle/complaint.ts';
import { listPinnedTools } from './list-pinned-tools.ts';
import { type DroppedNarrowing, findDropped } from './narrowing/find-dropped.ts';

export interface Validation {
  readonly valid: boolean;
  readonly digest: string;
  /** Ids of the policies that could be read. */
  readonly policies: readonly string[];
  readonly complaints: readonly Complaint[];
  /** What access reviews had taken away by policy, and the bundle would give back. */
  readonly dropped: readonly DroppedNarrowing[];
}

/** Whether a bundle could go live now; changes and records nothing. */
export async function validatePolicies(
  context: PolicyContext,
  actor: Actor,
  input: z.input<typeof bundleInput>,
): Promise<Validation> {
  requirePermission(actor, 'policies.read');
  const { files } = bundleInput.parse(input);
  const { policies, errors, warnings } = await compileBundle(files, listPinnedTools(context.upstreams));
  return {
    valid: errors.length === 0,
    digest: digestFiles(files),
    policies: policies.map((policy) => policy.id),
    complaints: [...errors, ...warnings],
    dropped: findDropped(context.policies.live?.policies ?? [], policies),
  };
}
