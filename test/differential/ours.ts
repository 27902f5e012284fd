import {
  type CedarPolicySetJson,
  compilePolicies,
  makeCedarEntity,
  readEntities,
  readRecord,
} from '@countersign/core';
import type { PolicySetJson, RequestJson } from './cases.ts';
import type { JsonRecord } from './json.ts';
import type { FullOutcome } from './outcome.ts';

/** Takes a case apart, so that a test can put another compiler in the place of ours. */
export type Compile = (
  policies: PolicySetJson,
  entities: readonly JsonRecord[],
) => (request: RequestJson) => FullOutcome;

export const compileOurs: Compile = (policies, entities) => {
  const compiled = compilePolicies(policies as unknown as CedarPolicySetJson);
  const store = readEntities(entities);
  return ({ principal, action, resource, context }) => {
    const { decision, permits, forbids, errors } = compiled.evaluate({
      principal: makeCedarEntity(principal.type, principal.id),
      action: makeCedarEntity(action.type, action.id),
      resource: makeCedarEntity(resource.type, resource.id),
      context: readRecord(context),
      entities: store,
    });
    const sorted = { permits: [...permits].sort(), forbids: [...forbids].sort() };
    return {
      ...sorted,
      decision,
      reasons: sorted.forbids.length > 0 ? sorted.forbids : sorted.permits,
      errors: errors.map(({ policyId }) => policyId).sort(),
    };
  };
};
