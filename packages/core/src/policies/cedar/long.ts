import { CedarEvaluationError } from './errors.ts';
import type { CedarLong } from './value.ts';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The one form of a 64-bit number. Throws `CedarEvaluationError` beyond the range of a Long. */
export function normaliseLong(exact: bigint): CedarLong {
  if (exact < LEAST || exact > MOST) throw new CedarEvaluationError('a Long overflowed');
  const near = Number(exact);
  return Number.isSafeInteger(near) ? near : exact;
}

export function isLong(value: unknown): value is CedarLong {
  return typeof value === 'number' || typeof value === 'bigint';
}

// A result of two safe integers that is itself safe was not rounded. `+ 0` makes -0 the zero there is.

export function addLongs(left: CedarLong, right: CedarLong): CedarLong {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum + 0;
  }
  return normaliseLong(BigInt(left) + BigInt(right));
}

export function subtractLongs(left: CedarLong, right: CedarLong): CedarLong {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference + 0;
  }
  return normaliseLong(BigInt(left) - BigInt(right));
}

export function multiplyLongs(left: CedarLong, right: CedarLong): CedarLong {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return normaliseLong(BigInt(left) * BigInt(right));
}

export function negateLong(value: CedarLong): CedarLong {
  return subtractLongs(0, value);
}

/** Rounds towards zero. */
export function divideLong(value: CedarLong, by: number): CedarLong {
  if (typeof value === 'number') return Math.trunc(value / by) + 0;
  return normaliseLong(value / BigInt(by));
}
