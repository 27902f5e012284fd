import type { Complaint } from '../bundle/complaint.ts';
import { complainOf, type ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { PolicyModes } from './read-modes.ts';

/** Warnings about every `@mode` that is not the mode of its policy: whoever wrote it would think it counts. */
export function complainOfModes(policies: readonly ParsedPolicy[], modes: PolicyModes): readonly Complaint[] {
  return policies
    .filter((policy) => policy.mode !== undefined && policy.mode !== modes.get(policy.id))
    .map((policy) => {
      const message = `stays in ${modes.get(policy.id)}: @mode is for a policy that is new; a person switches it`;
      return { ...complainOf(policy.source, 0, message), severity: 'warning', policyId: policy.id };
    });
}
