import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { type CedarPolicyJson, protectLongs } from '@countersign/core';
import type { PolicySetJson, RequestJson } from './cases.ts';
import { type Json, type JsonRecord, keepDigits, recordOf } from './json.ts';
import type { Outcome } from './outcome.ts';

/** The engine never drops a set that it was given, so the same few ids are used again and again. */
export type SetId = 'whole' | 'permits';

/** Throws when the engine does not take the policies: then they should not have been generated. */
export function prepareOfficial(id: SetId, policies: PolicySetJson): void {
  const answer = cedar.preparsePolicySet(id, keepDigits({ ...policies }) as cedar.PolicySet);
  if (answer.type !== 'success') throw refusal(answer.errors);
}

/** Requests to one set over the same entities. */
export function askOfficial(entities: readonly JsonRecord[]): (id: SetId, request: RequestJson) => Outcome {
  const known = keepDigits(entities) as cedar.Entities;
  return (preparsedPolicySetId, { principal, action, resource, context }) => {
    const call = { principal, action, resource, context: keepDigits(context) as cedar.Context };
    const answer = cedar.statefulIsAuthorized({ ...call, entities: known, preparsedPolicySetId });
    if (answer.type !== 'success') throw refusal(answer.errors);
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId }) => policyId).sort();
    return { decision, reasons: [...diagnostics.reason].sort(), errors };
  };
}

/**
 * The same policies as the official parser reads them from their text, which is how bundles reach us. A few cannot be
 * written: a chained `has` of names that are no identifiers.
 */
export function passThroughText(policies: PolicySetJson): PolicySetJson {
  return {
    staticPolicies: recordOf(
      Object.entries(policies.staticPolicies).map(([id, one]) => [id, rewritePolicy(one)]),
    ),
    templates: recordOf(Object.entries(policies.templates).map(([id, one]) => [id, rewriteTemplate(one)])),
    templateLinks: policies.templateLinks,
  };
}

function rewritePolicy(policy: Json): Json {
  const text = cedar.policyToText(keepDigits(policy) as cedar.PolicyJson);
  return rewrite(policy, text, cedar.policyToJson);
}

function rewriteTemplate(template: Json): Json {
  const text = cedar.templateToText(keepDigits(template) as cedar.PolicyJson);
  return rewrite(template, text, cedar.templateToJson);
}

function rewrite(
  original: Json,
  text: cedar.PolicyToTextAnswer,
  parse: (text: string) => cedar.PolicyToJsonAnswer,
): Json {
  if (text.type !== 'success') throw refusal(text.errors);
  const exact = protectLongs(text.text);
  const json = parse(exact.text);
  return json.type === 'success'
    ? (exact.restore(json.json as CedarPolicyJson) as unknown as Json)
    : original;
}

function refusal(errors: readonly cedar.DetailedError[]): Error {
  return new Error(
    `the official engine refused the case: ${errors.map(({ message }) => message).join('; ')}`,
  );
}
