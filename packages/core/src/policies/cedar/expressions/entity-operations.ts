import { CedarEvaluationError } from '../errors.ts';
import { isWithin, isWithinAny, isWithinKeys, readKeys } from '../hierarchy.ts';
import type { CedarRequest } from '../request.ts';
import { requireEntity } from '../require-type.ts';
import type { CedarEntity, CedarSet } from '../value.ts';
import { compilePair } from './comparison-operations.ts';
import {
  type CompiledExpression,
  type CompileOperation,
  type Evaluate,
  foldConstant,
} from './compiled-expression.ts';
import { findMember, readMember, readText } from './node-json.ts';

type TestEntity = (request: CedarRequest, entity: CedarEntity) => boolean;

/** What follows `in`: the test of an entity against it. */
function compileTarget(target: CompiledExpression): TestEntity {
  const { constant, run } = target;
  if (typeof constant === 'object' && constant.kind === 'entity')
    return (request, entity) => isWithin(request.entities, entity, constant);
  if (typeof constant === 'object' && constant.kind === 'set') {
    const keys = tryReadKeys(constant);
    if (keys !== undefined) return (request, entity) => isWithinKeys(request.entities, entity, keys);
  }
  return (request, entity) => {
    const value = run(request);
    return typeof value === 'object' && value.kind === 'set'
      ? isWithinAny(request.entities, entity, value)
      : isWithin(request.entities, entity, requireEntity(value));
  };
}

function tryReadKeys(value: CedarSet): ReadonlySet<string> | undefined {
  try {
    return readKeys(value);
  } catch (error) {
    if (error instanceof CedarEvaluationError) return undefined;
    throw error;
  }
}

const within: CompileOperation = (body, scope) => {
  const [left, right] = compilePair(body, scope);
  const { run } = left;
  const test = compileTarget(right);
  return { run: (request) => test(request, requireEntity(run(request))) };
};

/** `x is T in y` is `x is T && x in y`: of an entity of another type, y is not evaluated. */
const isOfType: CompileOperation = (body, scope) => {
  const left = scope.compile(readMember(body, 'left'));
  const type = readText(body, 'entity_type');
  const { run } = left;
  const target = findMember(body, 'in');
  if (target === undefined)
    return foldConstant([left], (request) => requireEntity(run(request)).type === type);
  const test = compileTarget(scope.compile(target));
  const runBoth: Evaluate = (request) => {
    const entity = requireEntity(run(request));
    return entity.type === type && test(request, entity);
  };
  return { run: runBoth };
};

export const ENTITY_OPERATIONS: readonly (readonly [string, CompileOperation])[] = [
  ['in', within],
  ['is', isOfType],
];
