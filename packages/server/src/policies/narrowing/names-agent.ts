import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarExpressionJson } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { NAMESPACE } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';

export interface NamedAgent {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * Whether a policy is about this agent or a group of it by name, in its scope or in what its `when` asks of the
 * principal. A policy that is about everybody names nobody.
 */
export function namesAgent({ json }: Pick<ParsedPolicy, 'json'>, agent: NamedAgent): boolean {
  const inScope = listScopeEntities(json.principal).some((one) => isNamed(one, agent));
  const conditions = json.conditions.filter(({ kind }) => kind === 'when');
  return inScope || conditions.some(({ body }) => asksFor(body as CedarExpressionJson, agent));
}

function listScopeEntities(scope: PolicyJson['principal']): readonly EntityUidJson[] {
  if (scope.op === 'All') return [];
  if (scope.op === 'is') return scope.in !== undefined && 'entity' in scope.in ? [scope.in.entity] : [];
  return 'entity' in scope ? [scope.entity] : [];
}

function isNamed(entity: EntityUidJson, { id, groups }: NamedAgent): boolean {
  const name = readEntityName(entity);
  if (name.type === `${NAMESPACE}::Agent`) return name.id === id;
  return name.type === `${NAMESPACE}::Group` && groups.includes(name.id);
}

/** Only through `&&` and `||`: what is negated names whom a policy is not about. */
function asksFor(body: CedarExpressionJson, agent: NamedAgent): boolean {
  for (const joint of ['&&', '||'] as const) {
    const parts = readPair(body, joint);
    if (parts !== undefined) return parts.some((part) => asksFor(part, agent));
  }
  const [left, right] = readPair(body, '==') ?? [];
  if (left !== undefined && right !== undefined)
    return equals(left, right, agent) || equals(right, left, agent);
  const [whole, within] = readPair(body, 'in') ?? [];
  if (isPrincipal(whole)) return listValues(within).some((value) => isEntityOf(value, agent));
  const [set, member] = readPair(body, 'contains') ?? [];
  if (isPrincipal(member)) return listValues(set).some((value) => isEntityOf(value, agent));
  if (readPrincipalAttribute(set) !== 'groups') return false;
  return agent.groups.some((group) => group === readValue(member));
}

function equals(left: CedarExpressionJson, right: CedarExpressionJson, agent: NamedAgent): boolean {
  if (isPrincipal(left)) return isEntityOf(right, agent);
  return readPrincipalAttribute(left) === 'name' && readValue(right) === agent.name;
}

function isEntityOf(expression: CedarExpressionJson | undefined, agent: NamedAgent): boolean {
  const value = readValue(expression);
  if (typeof value !== 'object' || value === null || !('__entity' in value)) return false;
  return isNamed(value as { readonly __entity: { readonly type: string; readonly id: string } }, agent);
}

function listValues(expression: CedarExpressionJson | undefined): readonly CedarExpressionJson[] {
  if (expression === undefined) return [];
  return 'Set' in expression && Array.isArray(expression.Set) ? expression.Set : [expression];
}

type Pair = '&&' | '||' | '==' | 'in' | 'contains';

function readPair(
  expression: CedarExpressionJson,
  name: Pair,
): readonly [CedarExpressionJson, CedarExpressionJson] | undefined {
  const found = (expression as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== 'object' || found === null || !('left' in found) || !('right' in found))
    return undefined;
  return [found.left as CedarExpressionJson, found.right as CedarExpressionJson];
}

function isPrincipal(expression: CedarExpressionJson | undefined): boolean {
  return expression !== undefined && 'Var' in expression && expression.Var === 'principal';
}

function readPrincipalAttribute(expression: CedarExpressionJson | undefined): string | undefined {
  if (expression === undefined || !('.' in expression)) return undefined;
  const { left, attr } = expression['.'] as { readonly left: CedarExpressionJson; readonly attr: string };
  return isPrincipal(left) ? attr : undefined;
}

function readValue(expression: CedarExpressionJson | undefined): unknown {
  return expression !== undefined && 'Value' in expression ? expression.Value : undefined;
}
