import type { CedarPolicyJson } from './policy-json.ts';
import { readConstraint, type ScopeConstraint } from './scope.ts';
import type { CedarEntity, EntityName } from './value.ts';

/** What is known of a principal, an action or a resource before there is a request. */
export interface ScopeTarget {
  readonly type: string;
  /** Undefined: any entity of the type. */
  readonly id?: string;
  /** All ancestors that are known; with an id, there must be no others. */
  readonly ancestors: readonly EntityName[];
}

export interface ScopeTargets {
  /** Undefined: anything at all. */
  readonly principal?: ScopeTarget;
  readonly action?: ScopeTarget;
  readonly resource?: ScopeTarget;
}

export type ScopeMatch = 'always' | 'sometimes' | 'never';

const NO_SLOTS: ReadonlyMap<string, CedarEntity> = new Map();

/** Whether a policy's scope fits all, some or none of the requests that the targets describe. Throws `CedarCompileError`. */
export function couldMatch(policy: CedarPolicyJson, targets: ScopeTargets): ScopeMatch {
  let match: ScopeMatch = 'always';
  for (const part of ['principal', 'action', 'resource'] as const) {
    const one = matchConstraint(readConstraint(policy[part], NO_SLOTS), targets[part]);
    if (one === 'never') return 'never';
    if (one === 'sometimes') match = 'sometimes';
  }
  return match;
}

function matchConstraint(
  constraint: ScopeConstraint | undefined,
  target: ScopeTarget | undefined,
): ScopeMatch {
  if (constraint === undefined) return 'always';
  if (target === undefined) return 'sometimes';
  switch (constraint.op) {
    case 'equal':
      return matchSame(constraint.entity, target);
    case 'within':
      return matchWithin(constraint.entity, target);
    case 'withinAny':
      return constraint.entities.reduce<ScopeMatch>(
        (best, entity) => either(best, matchWithin(entity, target)),
        'never',
      );
    case 'type':
      return constraint.type === target.type ? 'always' : 'never';
    case 'typeWithin':
      return constraint.type === target.type ? matchWithin(constraint.entity, target) : 'never';
  }
}

function matchSame(entity: CedarEntity, { type, id }: ScopeTarget): ScopeMatch {
  if (entity.type !== type) return 'never';
  if (id === undefined) return 'sometimes';
  return entity.id === id ? 'always' : 'never';
}

function matchWithin(entity: CedarEntity, target: ScopeTarget): ScopeMatch {
  if (target.ancestors.some(({ type, id }) => type === entity.type && id === entity.id)) return 'always';
  // An entity that is not named may have ancestors that are not known.
  return target.id === undefined ? 'sometimes' : matchSame(entity, target);
}

function either(left: ScopeMatch, right: ScopeMatch): ScopeMatch {
  if (left === 'always' || right === 'always') return 'always';
  return left === 'never' ? right : left;
}
