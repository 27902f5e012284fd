import { compileExpression } from './compile-expression.ts';
import { CedarCompileError, CedarEvaluationError } from './errors.ts';
import type { Evaluate } from './expressions/compiled-expression.ts';
import { readList, readMember } from './expressions/node-json.ts';
import type { CedarExpressionJson, CedarPolicyJson } from './policy-json.ts';
import type { CedarRequest } from './request.ts';
import { nameType } from './require-type.ts';
import { readConstraint, type ScopeConstraint } from './scope.ts';
import { type SharedExpressions, shareExpressions } from './share-expressions.ts';
import type { CedarEntity } from './value.ts';

export interface CompiledPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly principal: ScopeConstraint | undefined;
  readonly action: ScopeConstraint | undefined;
  readonly resource: ScopeConstraint | undefined;
  /** All must hold of a request that fits the scope. The first stands apart: a policy that is read from memory is read in few places. */
  readonly first: Condition | undefined;
  readonly others: readonly Condition[];
}

export interface Condition {
  readonly run: Evaluate;
  /** False after `unless`. */
  readonly wanted: boolean;
}

/** Of a request that fits the policy's scope. Throws `CedarEvaluationError`. */
export function isSatisfied({ first, others }: CompiledPolicy, request: CedarRequest): boolean {
  if (first === undefined) return true;
  if (!holds(first, request)) return false;
  for (const condition of others) if (!holds(condition, request)) return false;
  return true;
}

/** Throws `CedarCompileError` with the policy's id. */
export function compilePolicy(
  id: string,
  json: CedarPolicyJson,
  slots: ReadonlyMap<string, CedarEntity>,
  shared: SharedExpressions = shareExpressions(),
): CompiledPolicy {
  try {
    const effect = readMember(json, 'effect');
    if (effect !== 'permit' && effect !== 'forbid') throw new CedarCompileError('an unknown effect');
    const [first, ...others] = readList(readMember(json, 'conditions'), '"conditions"').map((condition) =>
      compileCondition(condition, slots, shared),
    );
    return {
      id,
      effect,
      principal: readConstraint(readMember(json, 'principal'), slots),
      action: readConstraint(readMember(json, 'action'), slots),
      resource: readConstraint(readMember(json, 'resource'), slots),
      first,
      others,
    };
  } catch (error) {
    if (error instanceof CedarCompileError) throw new CedarCompileError(error.message, id);
    throw error;
  }
}

function compileCondition(
  json: unknown,
  slots: ReadonlyMap<string, CedarEntity>,
  shared: SharedExpressions,
): Condition {
  const kind = readMember(json, 'kind');
  if (kind !== 'when' && kind !== 'unless') throw new CedarCompileError('a condition of an unknown kind');
  const body = readMember(json, 'body') as CedarExpressionJson;
  return { run: compileExpression(body, slots, shared), wanted: kind === 'when' };
}

function holds({ run, wanted }: Condition, request: CedarRequest): boolean {
  const value = run(request);
  if (typeof value === 'boolean') return value === wanted;
  throw new CedarEvaluationError(`a condition is ${nameType(value)}`);
}
