import type { CedarExpressionJson } from '@countersign/core';
import { boundExactly, type TextBound } from './bound-text.ts';

const LARGEST_BOUND = 900_000_000_000_000;
/** A number that names something is no amount: its neighbour is something else. */
const NAMES_SOMETHING = /(?:^|[_\- ])(?:id|number|no|nr|code|account|port|version)$|(?:Id|Number|No|Code)$/;

/** A whole number is bounded by the next of 1, 2, 5, 10, 20, 50…; one that names something by itself. */
export function boundLong(at: CedarExpressionJson, name: string, value: number): TextBound {
  if (value <= 0 || value > LARGEST_BOUND || NAMES_SOMETHING.test(name)) return boundExactly(at, value + 0);
  const most = roundUp(value);
  return {
    conditions: [{ '>=': { left: at, right: { Value: 0 } } }, { '<=': { left: at, right: { Value: most } } }],
    why: `was ${value}, rounded up`,
    widen: 'raise the bound; to narrow: lower it',
  };
}

/** As above, for numbers with up to four digits after the point; others cannot be told to policies. */
export function boundDecimal(at: CedarExpressionJson, value: number): TextBound {
  const decimal = (text: string): CedarExpressionJson => ({ decimal: [{ Value: text }] });
  const most = roundUp(value);
  if (!(value > 0) || most > LARGEST_BOUND) {
    const text = Number.isInteger(value) ? `${value + 0}.0` : String(value);
    return {
      conditions: [{ '==': { left: at, right: decimal(text) } }],
      why: 'exactly as it was',
      widen: 'give a bound: .lessThanOrEqual(decimal("..."))',
    };
  }
  return {
    conditions: [
      { greaterThanOrEqual: [at, decimal('0.0')] },
      { lessThanOrEqual: [at, decimal(`${most}.0`)] },
    ],
    why: `was ${value}, rounded up`,
    widen: 'raise the bound; to narrow: lower it',
  };
}

function roundUp(value: number): number {
  let step = 1;
  while (step * 10 <= value) step *= 10;
  return [1, 2, 5, 10].map((times) => times * step).find((bound) => bound >= value) ?? step * 10;
}
