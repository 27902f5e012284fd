import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type DeclaredTypes, joinSchema } from '../declared/index.ts';
import { useCedar } from '../engine/cedar.ts';
import { ACTION_TYPE } from '../schema/action-names.ts';
import { generateSchema, type SchemaTool } from '../schema/generate-schema.ts';
import { listNamedActions } from './list-named-actions.ts';
import type { ParsedPolicy } from './parse-bundle.ts';

/**
 * The policies that do not validate for one action alone. A bundle is validated whole before it goes live; this is for
 * a tool that came or changed after that.
 */
export function findMisfits(
  policies: readonly ParsedPolicy[],
  action: string,
  tool: SchemaTool | null,
  declared: DeclaredTypes | null = null,
): readonly ParsedPolicy[] {
  if (policies.length === 0) return [];
  const generated = generateSchema(tool === null ? [] : [tool], listNamedActions(policies));
  const schema = joinSchema(generated, declared);
  const only: PolicyJson['action'] = { op: '==', entity: { type: ACTION_TYPE, id: action } };
  const staticPolicies = Object.fromEntries(
    policies.map((policy) => [policy.id, { ...policy.json, action: only }]),
  );
  try {
    const answer = useCedar((cedar) => cedar.validate({ schema, policies: { staticPolicies } }));
    if (answer.type !== 'success') return policies;
    const wrong = new Set(answer.validationErrors.map((error) => error.policyId));
    return policies.filter((policy) => wrong.has(policy.id));
  } catch {
    return policies;
  }
}
