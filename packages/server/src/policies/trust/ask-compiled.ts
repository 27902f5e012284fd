import {
  type CedarEvaluation,
  type CompiledPolicies,
  makeCedarEntity,
  readEntities,
  readRecord,
} from '@countersign/core';
import type { PartAnswer, PolicyPart } from './ask-official.ts';
import type { Trial } from './trial.ts';

/** What the compiled policies say. Throws `CedarReadError` when they refuse the request itself. */
export function askCompiled(compiled: CompiledPolicies, trial: Trial): CedarEvaluation {
  return compiled.evaluate({
    principal: makeCedarEntity(trial.principal.type, trial.principal.id),
    action: makeCedarEntity(trial.action.type, trial.action.id),
    resource: makeCedarEntity(trial.resource.type, trial.resource.id),
    context: readRecord(trial.context),
    entities: readEntities(trial.entities),
  });
}

/** The part of an evaluation that concerns a part of the policies. */
export function narrow(
  { permits, forbids, errors }: CedarEvaluation,
  { effect, ids }: PolicyPart,
): PartAnswer {
  const within = (id: string): boolean => ids.has(id);
  return {
    satisfied: (effect === 'permit' ? permits : forbids).filter(within).sort(),
    erring: errors
      .map(({ policyId }) => policyId)
      .filter(within)
      .sort(),
  };
}
