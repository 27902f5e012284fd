import { CedarEvaluationError } from '../errors.ts';
import { divideLong, normaliseLong } from '../long.ts';
import { requireExtension, requireString } from '../require-type.ts';
import type { CedarDuration, CedarLong } from '../value.ts';
import { type ExtensionFunction, one, parseDigits } from './extension-function.ts';

const FORM = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
const UNITS_MS = [86_400_000n, 3_600_000n, 60_000n, 1_000n, 1n];

export function makeDuration(milliseconds: CedarLong): CedarDuration {
  return { kind: 'extension', name: 'duration', amount: milliseconds };
}

/** `duration("1d2h3m4s5ms")`: units once each, the largest first, the sign in front of all. */
export function parseDuration(text: string): CedarDuration {
  const [whole, sign, ...amounts] = FORM.exec(text) ?? [];
  if (whole === undefined || amounts.every((amount) => amount === undefined))
    throw new CedarEvaluationError('not a duration');
  let total = 0n;
  UNITS_MS.forEach((unit, at) => {
    total += parseDigits(amounts[at] ?? '0') * unit;
  });
  return makeDuration(normaliseLong(sign === '-' ? -total : total));
}

function countIn(unitMs: number): ExtensionFunction {
  return one((value) => divideLong(requireExtension(value, 'duration').amount, unitMs));
}

export const DURATION_FUNCTIONS: readonly (readonly [string, ExtensionFunction])[] = [
  ['duration', one((text) => parseDuration(requireString(text)))],
  ['toMilliseconds', countIn(1)],
  ['toSeconds', countIn(1_000)],
  ['toMinutes', countIn(60_000)],
  ['toHours', countIn(3_600_000)],
  ['toDays', countIn(86_400_000)],
];
