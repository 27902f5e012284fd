import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { CedarCompileError, CedarReadError } from './errors.ts';
import { evaluatePolicies, findCandidates } from './evaluate-policies.ts';
import { indexPolicies } from './policy-index.ts';
import type { CedarPolicySetJson, CedarTemplateLinkJson } from './policy-json.ts';
import { readCedarEntity } from './read-value.ts';
import type { CompiledPolicies } from './request.ts';
import { shareExpressions } from './share-expressions.ts';
import type { CedarEntity } from './value.ts';

const NO_SLOTS: ReadonlyMap<string, CedarEntity> = new Map();

/**
 * Makes closures of a policy set in Cedar's JSON form, indexed so that a decision touches only policies whose scope fits.
 * Says what Cedar says: a policy that errs counts as not satisfied and is reported. Templates count through their links.
 * Throws `CedarCompileError` with the id of the policy that is not Cedar, nests too deep or has an id twice.
 */
export function compilePolicies(set: CedarPolicySetJson): CompiledPolicies {
  const policies = new Map<string, CompiledPolicy>();
  const shared = shareExpressions();
  const add = (policy: CompiledPolicy): void => {
    if (policies.has(policy.id)) throw new CedarCompileError('two policies have this id', policy.id);
    policies.set(policy.id, policy);
  };
  for (const [id, json] of Object.entries(set.staticPolicies ?? {}))
    add(compilePolicy(id, json, NO_SLOTS, shared));
  const templates = new Map(Object.entries(set.templates ?? {}));
  for (const link of set.templateLinks ?? []) {
    const template = templates.get(link.templateId);
    if (template === undefined) throw new CedarCompileError('there is no such template', link.newId);
    add(compilePolicy(link.newId, template, readSlots(link), shared));
  }
  const index = indexPolicies([...policies.values()]);
  return {
    size: policies.size,
    evaluate: (request) => evaluatePolicies(index, request),
    candidates: (request) => findCandidates(index, request),
  };
}

function readSlots({ newId, values }: CedarTemplateLinkJson): ReadonlyMap<string, CedarEntity> {
  try {
    return new Map(Object.entries(values).map(([slot, entity]) => [slot, readCedarEntity(entity)]));
  } catch (error) {
    if (error instanceof CedarReadError) throw new CedarCompileError(error.message, newId);
    throw error;
  }
}
