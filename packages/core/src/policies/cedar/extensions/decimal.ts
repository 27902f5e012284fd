import { CedarEvaluationError } from '../errors.ts';
import { normaliseLong } from '../long.ts';
import { requireExtension, requireString } from '../require-type.ts';
import type { CedarDecimal, CedarLong, CedarValue } from '../value.ts';
import { compareWith, type ExtensionFunction, one, parseDigits } from './extension-function.ts';

const FORM = /^(-?)([0-9]+)\.([0-9]{1,4})$/;

/** `decimal("12.34")`: up to four digits behind the point, within a Long of ten-thousandths. */
export function parseDecimal(text: string): CedarDecimal {
  const [, sign, whole, fraction] = FORM.exec(text) ?? [];
  if (whole === undefined || fraction === undefined) throw new CedarEvaluationError('not a decimal');
  const units = parseDigits(whole) * 10_000n + BigInt(fraction.padEnd(4, '0'));
  return { kind: 'extension', name: 'decimal', amount: normaliseLong(sign === '-' ? -units : units) };
}

export function formatDecimal({ amount }: CedarDecimal): string {
  const units = BigInt(amount);
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

const read = (value: CedarValue): CedarLong => requireExtension(value, 'decimal').amount;

export const DECIMAL_FUNCTIONS: readonly (readonly [string, ExtensionFunction])[] = [
  ['decimal', one((text) => parseDecimal(requireString(text)))],
  ['lessThan', compareWith(read, (left, right) => left < right)],
  ['lessThanOrEqual', compareWith(read, (left, right) => left <= right)],
  ['greaterThan', compareWith(read, (left, right) => left > right)],
  ['greaterThanOrEqual', compareWith(read, (left, right) => left >= right)],
];
