import { equalValues } from '../equal-values.ts';
import { CedarEvaluationError } from '../errors.ts';
import { addLongs, isLong, multiplyLongs, negateLong, subtractLongs } from '../long.ts';
import { nameType, requireLong } from '../require-type.ts';
import type { CedarLong, CedarValue } from '../value.ts';
import {
  type CompiledExpression,
  type CompileOperation,
  type CompileScope,
  foldConstant,
} from './compiled-expression.ts';
import { readMember } from './node-json.ts';

export function compilePair(
  body: unknown,
  scope: CompileScope,
): readonly [left: CompiledExpression, right: CompiledExpression] {
  return [scope.compile(readMember(body, 'left')), scope.compile(readMember(body, 'right'))];
}

/** Both sides are always evaluated. */
export function strictPair(apply: (left: CedarValue, right: CedarValue) => CedarValue): CompileOperation {
  return (body, scope) => {
    const [left, right] = compilePair(body, scope);
    const [runLeft, runRight] = [left.run, right.run];
    return foldConstant([left, right], (request) => apply(runLeft(request), runRight(request)));
  };
}

function equality(wanted: boolean): CompileOperation {
  return (body, scope) => {
    const [left, right] = compilePair(body, scope);
    const [runLeft, runRight] = [left.run, right.run];
    const { constant } = right;
    if (constant !== undefined && typeof constant !== 'object')
      return foldConstant([left, right], (request) => (runLeft(request) === constant) === wanted);
    return foldConstant(
      [left, right],
      (request) => equalValues(runLeft(request), runRight(request)) === wanted,
    );
  };
}

function order(compare: (left: CedarLong, right: CedarLong) => boolean): CompileOperation {
  return strictPair((left, right) => {
    if (isLong(left) && isLong(right)) return compare(left, right);
    return compare(readMoment(left, right), readMoment(right, left));
  });
}

/** Beside Longs only datetimes and durations have an order, each among themselves. */
function readMoment(value: CedarValue, other: CedarValue): CedarLong {
  if (
    typeof value === 'object' &&
    typeof other === 'object' &&
    value.kind === 'extension' &&
    other.kind === 'extension' &&
    (value.name === 'datetime' || value.name === 'duration') &&
    value.name === other.name
  )
    return value.amount;
  throw new CedarEvaluationError(`${nameType(value)} and ${nameType(other)} have no order`);
}

function arithmetic(apply: (left: CedarLong, right: CedarLong) => CedarLong): CompileOperation {
  return strictPair((left, right) => apply(requireLong(left), requireLong(right)));
}

const negate: CompileOperation = (body, scope) => {
  const arg = scope.compile(readMember(body, 'arg'));
  const { run } = arg;
  return foldConstant([arg], (request) => negateLong(requireLong(run(request))));
};

export const COMPARISON_OPERATIONS: readonly (readonly [string, CompileOperation])[] = [
  ['==', equality(true)],
  ['!=', equality(false)],
  ['<', order((left, right) => left < right)],
  ['<=', order((left, right) => left <= right)],
  ['>', order((left, right) => left > right)],
  ['>=', order((left, right) => left >= right)],
  ['+', arithmetic(addLongs)],
  ['-', arithmetic(subtractLongs)],
  ['*', arithmetic(multiplyLongs)],
  ['neg', negate],
];
