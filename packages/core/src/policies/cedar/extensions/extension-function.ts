import { CedarEvaluationError } from '../errors.ts';
import type { CedarLong, CedarValue } from '../value.ts';

/** Throws `CedarEvaluationError`, also for a wrong number of arguments: Cedar's parser lets those pass. */
export type ExtensionFunction = (args: readonly CedarValue[]) => CedarValue;

export function one(call: (arg: CedarValue) => CedarValue): ExtensionFunction {
  return (args) => {
    const [arg] = args;
    if (arg === undefined || args.length !== 1) throw new CedarEvaluationError('expected 1 argument');
    return call(arg);
  };
}

export function two(call: (left: CedarValue, right: CedarValue) => CedarValue): ExtensionFunction {
  return (args) => {
    const [left, right] = args;
    if (left === undefined || right === undefined || args.length !== 2)
      throw new CedarEvaluationError('expected 2 arguments');
    return call(left, right);
  };
}

export function compareWith(
  read: (value: CedarValue) => CedarLong,
  compare: (left: CedarLong, right: CedarLong) => boolean,
): ExtensionFunction {
  return two((left, right) => compare(read(left), read(right)));
}

/** Hostile digits: a number longer than any Long is refused before it is converted, which takes quadratic time. */
export function parseDigits(digits: string): bigint {
  let start = 0;
  while (start < digits.length - 1 && digits.charCodeAt(start) === 48) start++;
  if (digits.length - start > 19) throw new CedarEvaluationError('a Long overflowed');
  return BigInt(digits.slice(start));
}
