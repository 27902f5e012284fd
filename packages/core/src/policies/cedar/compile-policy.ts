import { compileExpression } from './compile-expression.ts';
import { CedarCompileError, CedarEvaluationError } from './errors.ts';
import type { Evaluate } from './expressions/compiled-expression.ts';
import { readList, readMember } from './expressions/node-json.ts';
import type { CedarExpressionJson, CedarPolicyJson } from './policy-json.ts';
import type { CedarRequest } from './request.ts';
import { nameType } from './require-type.ts';
import { readConstraint, type ScopeConstraint } from './scope.ts';
import type { CedarEntity } from './value.ts';

export interface CompiledPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly principal: ScopeConstraint | undefined;
  readonly action: ScopeConstraint | undefined;
  readonly resource: ScopeConstraint | undefined;
  /** Of a request that fits the scope. Throws `CedarEvaluationError`. */
  isSatisfied(request: CedarRequest): boolean;
}

/** Throws `CedarCompileError` with the policy's id. */
export function compilePolicy(
  id: string,
  json: CedarPolicyJson,
  slots: ReadonlyMap<string, CedarEntity>,
): CompiledPolicy {
  try {
    const effect = readMember(json, 'effect');
    if (effect !== 'permit' && effect !== 'forbid') throw new CedarCompileError('an unknown effect');
    const conditions = readList(readMember(json, 'conditions'), '"conditions"').map((condition) =>
      compileCondition(condition, slots),
    );
    return {
      id,
      effect,
      principal: readConstraint(readMember(json, 'principal'), slots),
      action: readConstraint(readMember(json, 'action'), slots),
      resource: readConstraint(readMember(json, 'resource'), slots),
      isSatisfied: joinConditions(conditions),
    };
  } catch (error) {
    if (error instanceof CedarCompileError) throw new CedarCompileError(error.message, id);
    throw error;
  }
}

interface Condition {
  readonly run: Evaluate;
  readonly wanted: boolean;
}

function compileCondition(json: unknown, slots: ReadonlyMap<string, CedarEntity>): Condition {
  const kind = readMember(json, 'kind');
  if (kind !== 'when' && kind !== 'unless') throw new CedarCompileError('a condition of an unknown kind');
  const body = readMember(json, 'body') as CedarExpressionJson;
  return { run: compileExpression(body, slots), wanted: kind === 'when' };
}

function joinConditions(conditions: readonly Condition[]): (request: CedarRequest) => boolean {
  const [first, second] = conditions;
  if (first === undefined) return () => true;
  if (second === undefined) return (request) => holds(first, request);
  return (request) => {
    for (const condition of conditions) if (!holds(condition, request)) return false;
    return true;
  };
}

function holds({ run, wanted }: Condition, request: CedarRequest): boolean {
  const value = run(request);
  if (typeof value === 'boolean') return value === wanted;
  throw new CedarEvaluationError(`a condition is ${nameType(value)}`);
}
