import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies, readCedarEntity, readEntities, readRecord } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { parsePolicies } from '../corpus/parse-policies.ts';
import { EXTENSION_CASES } from './cedar-ground/extension-cases.ts';
import { LANGUAGE_CASES, type Outcome } from './cedar-ground/language-cases.ts';
import { LANGUAGE_REQUEST } from './cedar-ground/language-request.ts';

function askOfficial(policy: string): Outcome {
  const answer = isAuthorized({ ...LANGUAGE_REQUEST, policies: { staticPolicies: policy } });
  if (answer.type !== 'success') throw new Error(answer.errors[0]?.message);
  if (answer.response.diagnostics.errors.length > 0) return 'error';
  return answer.response.decision === 'allow' ? 'true' : 'false';
}

const entities = readEntities(LANGUAGE_REQUEST.entities);
const context = readRecord(LANGUAGE_REQUEST.context);
const [principal, action, resource] = [
  readCedarEntity(LANGUAGE_REQUEST.principal),
  readCedarEntity(LANGUAGE_REQUEST.action),
  readCedarEntity(LANGUAGE_REQUEST.resource),
];

function askCompiled(policy: string): Outcome {
  const compiled = compilePolicies({ staticPolicies: parsePolicies(policy) });
  const { decision, errors } = compiled.evaluate({ principal, action, resource, context, entities });
  if (errors.length > 0) return 'error';
  return decision === 'allow' ? 'true' : 'false';
}

describe('policy.language-conformance', () => {
  describe.each(Object.entries({ ...LANGUAGE_CASES, ...EXTENSION_CASES }))('%s', (_name, cases) => {
    it.each(cases)('%s is %s', (condition, outcome) => {
      const policy = `permit (principal, action, resource) when { ${condition} };`;
      expect({ compiled: askCompiled(policy), official: askOfficial(policy) }).toEqual({
        compiled: outcome,
        official: outcome,
      });
    });
  });
});
