import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { NAMESPACE } from '../schema/action-names.ts';
import { type EntityName, readEntityName } from '../schema/entity-name.ts';
import { type Finding, findingAbout } from './finding.ts';
import { agentType, type SchemaNames, toolType, upstreamType } from './known-names.ts';
import { writeEntity } from './literal.ts';

/** Policies whose scope can match nothing that is there, and conditions that speak of what is not there. */
export function findUnknownNames(names: SchemaNames, policies: readonly ParsedPolicy[]): readonly Finding[] {
  return policies.flatMap((policy) => {
    const inScope = listScoped(policy.json).filter((entity) => !isThere(names, entity));
    const [first] = inScope;
    if (first !== undefined)
      return findingAbout(policy, {
        code: 'policy/never-matching',
        severity: 'warning',
        message: `there is no ${writeEntity(first)}, so this ${policy.effect} never applies`,
        advice: adviseOn(names, first),
      });
    const said = new Map(listEntities(policy.json.conditions).map((entity) => [writeEntity(entity), entity]));
    return [...said.values()]
      .filter((entity) => !isThere(names, entity))
      .map((entity) =>
        findingAbout(policy, {
          code: 'policy/unknown-name',
          severity: 'warning',
          message: `there is no ${writeEntity(entity)}, which its condition names`,
          advice: adviseOn(names, entity),
        }),
      );
  });
}

/** True also for what nobody can tell. Actions that are not there are errors of the schema already. */
function isThere(names: SchemaNames, { type, id }: EntityName): boolean {
  if (type === toolType) return names.actions.has(id);
  if (type === upstreamType) return names.upstreams.has(id);
  if (type === agentType) return names.agents?.has(id) ?? true;
  if (type === `${NAMESPACE}::Group`) return names.groups?.has(id) ?? true;
  return true;
}

function adviseOn(names: SchemaNames, { type, id }: EntityName): string {
  const known = type === toolType ? names.actions.keys() : type === upstreamType ? names.upstreams : [];
  const near = [...known].find((one) => areNear(one, id));
  return near === undefined
    ? 'correct the name, or add what it names before relying on this'
    : `did you mean "${near}"?`;
}

/** One letter added, left out or changed, or two exchanged. */
function areNear(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}

function listScoped({ principal, resource }: PolicyJson): readonly EntityName[] {
  return [principal, resource].flatMap((scope) => {
    const named = scope.op === 'is' ? scope.in : scope;
    return named !== undefined && 'entity' in named ? [readEntityName(named.entity)] : [];
  });
}

function listEntities(value: unknown): readonly EntityName[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('__entity' in value) return [readEntityName(value as Parameters<typeof readEntityName>[0])];
  return Object.values(value).flatMap(listEntities);
}
