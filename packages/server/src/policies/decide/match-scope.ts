import type {
  ActionConstraint,
  PrincipalConstraint,
  ResourceConstraint,
} from '@cedar-policy/cedar-wasm/nodejs';
import { ACTION_TYPE, NAMESPACE } from '../schema/action-names.ts';
import { type EntityName, readEntityName } from '../schema/entity-name.ts';

/** The part of a request that is the same for every call to one tool, or of one operation on one upstream. */
export interface SliceTarget {
  /** The action's id, and the groups it is in. */
  readonly action: string;
  readonly groups: readonly string[];
  readonly upstream: string;
  /** Null when it differs from call to call. */
  readonly dataDomain: string | null;
  readonly resourceType: string;
  /** Null when it differs from call to call. */
  readonly resourceId: string | null;
}

export type ScopeMatch = 'always' | 'sometimes' | 'never';

/** Whether a policy can apply to the target, by the action and the resource in its scope. */
export function matchScope(
  policy: { readonly action: ActionConstraint; readonly resource: ResourceConstraint },
  target: SliceTarget,
): ScopeMatch {
  return matchesAction(policy.action, target) ? matchResource(policy.resource, target) : 'never';
}

function matchesAction(constraint: ActionConstraint, { action, groups }: SliceTarget): boolean {
  if (constraint.op === 'All') return true;
  const isTarget = ({ type, id }: EntityName, kin: readonly string[]): boolean =>
    type === ACTION_TYPE && (id === action || kin.includes(id));
  if (constraint.op === '==')
    return 'entity' in constraint && isTarget(readEntityName(constraint.entity), []);
  const named = 'entities' in constraint ? constraint.entities : [constraint.entity];
  return named.some((entity) => isTarget(readEntityName(entity), groups));
}

function matchResource(constraint: ResourceConstraint, target: SliceTarget): ScopeMatch {
  switch (constraint.op) {
    case 'All':
      return 'always';
    case '==':
      return 'entity' in constraint ? matchSame(readEntityName(constraint.entity), target) : 'never';
    case 'in':
      return 'entity' in constraint ? matchWithin(readEntityName(constraint.entity), target) : 'never';
    case 'is': {
      if (constraint.entity_type !== target.resourceType) return 'never';
      if (constraint.in === undefined) return 'always';
      return 'entity' in constraint.in ? matchWithin(readEntityName(constraint.in.entity), target) : 'never';
    }
  }
}

function matchSame({ type, id }: EntityName, target: SliceTarget): ScopeMatch {
  if (type !== target.resourceType) return 'never';
  if (type === `${NAMESPACE}::Agent`) return 'sometimes';
  if (target.resourceId === null) return id.startsWith(`${target.upstream}/`) ? 'sometimes' : 'never';
  return id === target.resourceId ? 'always' : 'never';
}

/** Everything is in its upstream, its data domain and itself; a peer agent in its groups, which no slice knows. */
function matchWithin(entity: EntityName, target: SliceTarget): ScopeMatch {
  if (target.resourceType === `${NAMESPACE}::Agent`) return 'sometimes';
  if (entity.type === `${NAMESPACE}::Upstream`) return entity.id === target.upstream ? 'always' : 'never';
  if (entity.type === `${NAMESPACE}::DataDomain` && target.resourceType !== `${NAMESPACE}::Upstream`) {
    if (target.dataDomain === null) return 'sometimes';
    return entity.id === target.dataDomain ? 'always' : 'never';
  }
  return matchSame(entity, target);
}

/** Who acts: the agents that the authority came through, the acting one last, and the groups of all of them. */
export interface SlicePrincipal {
  readonly agentIds: readonly string[];
  readonly groups: readonly string[];
}

/** Whether the agent can be the principal of a policy. It is in itself, in those its authority came through, and in their groups. */
export function mayBePrincipal(constraint: PrincipalConstraint, principal: SlicePrincipal): boolean {
  const { agentIds, groups } = principal;
  const type = `${NAMESPACE}::Agent`;
  if (constraint.op === 'All') return true;
  if (constraint.op === 'is') {
    if (constraint.entity_type !== type) return false;
    return constraint.in === undefined || mayBePrincipal({ op: 'in', ...constraint.in }, principal);
  }
  if (!('entity' in constraint)) return false;
  const name = readEntityName(constraint.entity);
  if (name.type === `${NAMESPACE}::Group`) return constraint.op === 'in' && groups.includes(name.id);
  if (name.type !== type) return false;
  return constraint.op === 'in' ? agentIds.includes(name.id) : name.id === agentIds.at(-1);
}
