import type { ActionConstraint } from '@cedar-policy/cedar-wasm/nodejs';
import type { Effect } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { CALL_GROUP, IRREVERSIBLE_GROUP, listKindGroups, nameEffectGroup } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { type Finding, findingAbout } from './finding.ts';
import { listDoable, type SchemaNames } from './known-names.ts';

const risky: readonly Effect[] = ['write', 'spend', 'admin', 'egress'];

/**
 * Permits that nothing narrows: any agent, any resource, no condition, and all actions (or all calls, or all of one risky
 * effect), with no forbid whose scope takes in that effect. Read from the scopes alone.
 */
export function findOverBroad(names: SchemaNames, policies: readonly ParsedPolicy[]): readonly Finding[] {
  const forbids = policies.filter((policy) => policy.effect === 'forbid' && policy.sequence === null);
  return policies.flatMap((policy) => {
    if (policy.effect !== 'permit' || policy.sequence !== null || !isUnnarrowed(policy)) return [];
    const open = risky.filter(
      (effect) => reaches(policy, effect) && !forbids.some((one) => guards(one, effect)),
    );
    if (open.length === 0) return [];
    const now = listDoable(names).filter(([, { groups }]) =>
      open.some((effect) => groups.has(nameEffectGroup(effect))),
    );
    const which =
      now.length === 0
        ? ''
        : `, today ${now
            .slice(0, 3)
            .map(([id]) => id)
            .join(', ')}${now.length > 3 ? ' and others' : ''}`;
    return findingAbout(policy, {
      code: 'policy/over-broad',
      severity: 'warning',
      message: `every agent may ${open.join(', ')} with whatever arguments, and nothing asks or forbids${which}`,
      advice: 'name the actions, the resource or the agents, add a condition, or a forbid with @stepUp',
    });
  });
}

function isUnnarrowed({ json }: ParsedPolicy): boolean {
  const { principal, resource, conditions } = json;
  const isAnybody = principal.op === 'All' || (principal.op === 'is' && principal.in === undefined);
  const isAnything = resource.op === 'All' || (resource.op === 'is' && resource.in === undefined);
  return isAnybody && isAnything && conditions.length === 0;
}

function reaches({ json }: ParsedPolicy, effect: Effect): boolean {
  const groups = listGroups(json.action);
  const isWide = (id: string): boolean => id === IRREVERSIBLE_GROUP || listKindGroups().includes(id);
  return (
    groups === 'all' || groups.some((id) => id === CALL_GROUP || id === nameEffectGroup(effect) || isWide(id))
  );
}

function guards({ json }: ParsedPolicy, effect: Effect): boolean {
  const { principal, resource, action } = json;
  const isForAll = [principal, resource].every(
    (scope) => scope.op === 'All' || (scope.op === 'is' && scope.in === undefined),
  );
  const groups = listGroups(action);
  return (
    isForAll && (groups === 'all' || groups.some((id) => id === CALL_GROUP || id === nameEffectGroup(effect)))
  );
}

function listGroups(action: ActionConstraint): readonly string[] | 'all' {
  if (action.op === 'All') return 'all';
  if (action.op !== 'in') return [];
  const named = 'entities' in action ? action.entities : [action.entity];
  return named.map((entity) => readEntityName(entity).id);
}
