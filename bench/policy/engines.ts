import {
  type PolicyJson,
  policyToJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies, makeCedarEntity, openEntities, openRecord } from '@countersign/core';
import type { BenchRequest } from './generate-requests.ts';

/** What determined the decision, so that the engines can be compared. */
export type Ask = (request: BenchRequest) => {
  readonly decision: string;
  readonly reasons: readonly string[];
};

export interface Engines {
  readonly ours: Ask;
  readonly official: Ask;
}

/** Both engines with the same policies, parsed and ready: `id` names the official engine's set. */
export function prepareEngines(id: string, texts: readonly string[]): Engines {
  const staticPolicies: Record<string, PolicyJson> = {};
  for (const [at, text] of texts.entries()) staticPolicies[`policy${at}`] = parse(text);
  const prepared = preparsePolicySet(id, { staticPolicies });
  if (prepared.type !== 'success') throw new Error(prepared.errors[0]?.message);
  const compiled = compilePolicies({ staticPolicies });
  return {
    ours: ({ principal, action, resource, context, entities }) => {
      const { decision, permits, forbids } = compiled.evaluate({
        principal: makeCedarEntity(principal.type, principal.id),
        action: makeCedarEntity(action.type, action.id),
        resource: makeCedarEntity(resource.type, resource.id),
        context: openRecord(context),
        entities: openEntities(entities),
      });
      return { decision, reasons: forbids.length > 0 ? forbids : permits };
    },
    official: (request) => {
      const answer = statefulIsAuthorized({ ...request, preparsedPolicySetId: id });
      if (answer.type !== 'success') throw new Error(answer.errors[0]?.message);
      return { decision: answer.response.decision, reasons: answer.response.diagnostics.reason };
    },
  };
}

function parse(text: string): PolicyJson {
  const answer = policyToJson(text);
  if (answer.type !== 'success') throw new Error(`${answer.errors[0]?.message}: ${text}`);
  return answer.json;
}
