import type { PolicyLimit } from '@countersign/core';

/** A limit, and the policy under whose id it is counted. */
export interface BoundLimit extends PolicyLimit {
  readonly policyId: string;
}

/** What a bundle has counted. */
export interface BundleLimits {
  /** Every limit of these policies, in their order: all of them hold together. */
  listOf(policyIds: readonly string[]): readonly BoundLimit[];
  readonly all: readonly BoundLimit[];
  /** Whether a policy reads `context.today`. */
  readonly readsToday: boolean;
  /** Whether a policy reads how many rows or bytes a task has had. */
  readonly readsResults: boolean;
}

interface LimitedPolicy {
  readonly id: string;
  readonly limits: readonly PolicyLimit[];
  readonly json: { readonly conditions: readonly unknown[] };
}

const none: readonly BoundLimit[] = [];

export function collectLimits(policies: readonly LimitedPolicy[]): BundleLimits {
  const byPolicy = new Map<string, readonly BoundLimit[]>();
  for (const { id, limits } of policies) {
    const bound = limits.map((limit) => ({ ...limit, policyId: id }));
    if (bound.length > 0) byPolicy.set(id, bound);
  }
  const all = [...byPolicy.values()].flat();
  return {
    listOf: (ids) => (all.length === 0 ? none : ids.flatMap((id) => byPolicy.get(id) ?? none)),
    all,
    readsToday: policies.some(({ json }) => readsAttribute(json.conditions, ['today'])),
    readsResults: policies.some(({ json }) => readsAttribute(json.conditions, ['rows', 'bytes'])),
  };
}

/** Whether any expression reads or asks for an attribute of such a name, whoever's it is. */
function readsAttribute(expression: unknown, names: readonly string[]): boolean {
  if (typeof expression !== 'object' || expression === null) return false;
  return Object.entries(expression).some(([key, value]) => {
    const read = key === 'attr' ? [value].flat() : [];
    return read.some((name) => names.includes(String(name))) || readsAttribute(value, names);
  });
}
