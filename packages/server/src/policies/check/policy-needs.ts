import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { anything, both, type Disjuncts, either, needsOf, nothing } from './disjuncts.ts';
import { type RequestUses, readUses } from './policy-uses.ts';

/** What a policy needs to be satisfied, and what is needed for it not to be, both without an error. */
export interface PolicyNeeds {
  readonly policy: ParsedPolicy;
  readonly satisfied: Disjuncts;
  readonly unsatisfied: Disjuncts;
  /** False when evaluating it may fail although the bundle is valid. */
  readonly isTotal: boolean;
  readonly uses: RequestUses;
  /** Reads `context.args`, of which a call may hold what cannot be told to a policy. */
  readonly readsArguments: boolean;
}

export function readPolicyNeeds(policy: ParsedPolicy): PolicyNeeds {
  const parts = listParts(policy.json);
  const uses = readUses(policy.json);
  // Clause after clause, as Cedar reads them: a later one counts only when those before hold.
  let satisfied = anything;
  let unsatisfied: Disjuncts = nothing;
  for (const part of parts) {
    unsatisfied = either(unsatisfied, both(satisfied, needsOf(part, false)));
    satisfied = both(satisfied, needsOf(part, true));
  }
  return {
    policy,
    satisfied,
    unsatisfied,
    isTotal: parts.every(cannotFail),
    uses,
    readsArguments: uses.context.whole || uses.context.members.has('args'),
  };
}

function listParts(json: PolicyJson): readonly Expr[] {
  return [
    ...readScope('principal', json.principal),
    ...readScope('action', json.action),
    ...readScope('resource', json.resource),
    ...json.conditions.map(({ kind, body }): Expr => (kind === 'when' ? body : { '!': { arg: body } })),
  ];
}

function readScope(
  name: 'principal' | 'action' | 'resource',
  scope: PolicyJson['principal'] | PolicyJson['action'] | PolicyJson['resource'],
): readonly Expr[] {
  const left: Expr = { Var: name };
  const entity = (named: Parameters<typeof readEntityName>[0]): Expr => ({
    Value: { __entity: readEntityName(named) },
  });
  if (scope.op === 'All') return [];
  if ('entities' in scope) return [{ in: { left, right: { Set: scope.entities.map(entity) } } }];
  if (scope.op === 'is') {
    const is: Expr = { is: { left, entity_type: scope.entity_type } };
    if (scope.in === undefined) return [is];
    return 'entity' in scope.in ? [is, { in: { left, right: entity(scope.in.entity) } }] : [is];
  }
  if (!('entity' in scope)) return [];
  return [
    scope.op === '=='
      ? { '==': { left, right: entity(scope.entity) } }
      : { in: { left, right: entity(scope.entity) } },
  ];
}

const literalMakers = new Set(['decimal', 'ip', 'datetime', 'duration']);
const total = new Set([
  ...[
    'Value',
    'Var',
    '!',
    '==',
    '!=',
    'in',
    '<',
    '<=',
    '>',
    '>=',
    '&&',
    '||',
    'contains',
    'containsAll',
    'containsAny',
  ],
  ...['isEmpty', 'hasTag', '.', 'has', 'like', 'is', 'if-then-else', 'Set', 'Record'],
  ...[
    'lessThan',
    'lessThanOrEqual',
    'greaterThan',
    'greaterThanOrEqual',
    'isIpv4',
    'isIpv6',
    'isLoopback',
    'isMulticast',
    'isInRange',
  ],
]);

/**
 * Of an expression that has been validated. Sums and other arithmetic may overflow and tags may be missing; members that
 * are there by their type, or after `has`, never are.
 */
function cannotFail(expression: unknown): boolean {
  if (typeof expression !== 'object' || expression === null) return true;
  if (Array.isArray(expression)) return expression.every(cannotFail);
  return Object.entries(expression).every(([kind, inner]) => {
    if (kind === 'Value' || kind === 'Var') return true;
    if (literalMakers.has(kind) && Array.isArray(inner))
      return inner.every((one: unknown) => typeof one === 'object' && one !== null && 'Value' in one);
    return total.has(kind) && listOperands(kind, inner).every(cannotFail);
  });
}

function listOperands(kind: string, inner: unknown): readonly unknown[] {
  if (Array.isArray(inner)) return inner;
  if (typeof inner !== 'object' || inner === null) return [];
  if (kind === 'Record') return Object.values(inner);
  const named = ['left', 'right', 'arg', 'if', 'then', 'else', 'in'] as const;
  const members = new Map<string, unknown>(Object.entries(inner));
  return named.flatMap((name) => (members.has(name) ? [members.get(name)] : []));
}
