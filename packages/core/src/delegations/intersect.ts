import { canonicalJson } from '../actions/canonical-json.ts';
import { meetEffects } from '../actions/effects.ts';
import type { JsonValue } from '../actions/json-value.ts';
import { dropCoveredPatterns, intersectPatterns } from './action-pattern.ts';
import type { ArgumentConstraint, Limits } from './limits.ts';

/** The limits within both which permit exactly the calls that both permit. */
export function intersect(a: Limits, b: Limits): Limits {
  return {
    upstreams: intersectLists(a.upstreams, b.upstreams),
    actions: dropCoveredPatterns(
      a.actions.flatMap((one) => b.actions.flatMap((two) => intersectPatterns(one, two))),
    ),
    arguments: joinConstraints(a.arguments, b.arguments),
    dataDomains: intersectLists(a.dataDomains, b.dataDomains),
    effects: meetEffects(a.effects, b.effects),
    environments: a.environments.filter((one) => b.environments.includes(one)),
    expiresAt: Math.min(a.expiresAt, b.expiresAt),
    calls: chooseLess(a.calls, b.calls),
    ...intersectSpending(a, b),
    ...intersectResults(a, b),
    depth: Math.min(a.depth, b.depth),
  };
}

function intersectLists(a: readonly string[] | '*', b: readonly string[] | '*'): readonly string[] | '*' {
  if (a === '*') return b;
  return b === '*' ? a : a.filter((one) => b.includes(one));
}

function joinConstraints(
  a: readonly ArgumentConstraint[],
  b: readonly ArgumentConstraint[],
): ArgumentConstraint[] {
  const unique = new Map<string, ArgumentConstraint>();
  for (const constraint of [...a, ...b]) {
    unique.set(canonicalJson(constraint as unknown as JsonValue), constraint);
  }
  return [...unique.values()];
}

function chooseLess(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

function intersectResults(a: Limits, b: Limits): Pick<Limits, 'rows' | 'bytes'> {
  const rows = chooseLess(a.rows ?? null, b.rows ?? null);
  const bytes = chooseLess(a.bytes ?? null, b.bytes ?? null);
  return { ...(rows === null ? {} : { rows }), ...(bytes === null ? {} : { bytes }) };
}

function intersectSpending(a: Limits, b: Limits): Pick<Limits, 'spendMinor' | 'currency'> {
  const disjoint = a.currency !== null && b.currency !== null && a.currency !== b.currency;
  return {
    spendMinor: disjoint ? 0 : chooseLess(a.spendMinor, b.spendMinor),
    currency: a.currency ?? b.currency,
  };
}
