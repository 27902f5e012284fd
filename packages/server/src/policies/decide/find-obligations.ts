import { isFree, mergeObligations, NO_OBLIGATIONS, type Obligations, type Verdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';

const owing = new WeakMap<readonly ParsedPolicy[], ReadonlyMap<string, Obligations>>();

/** What an action owes that these policies allow, or would allow once it is approved: all that its permits ask for. */
export function findObligations(policies: readonly ParsedPolicy[], verdict: Verdict): Obligations {
  if (verdict.effect === 'deny') return NO_OBLIGATIONS;
  const known = owing.get(policies) ?? index(policies);
  if (known.size === 0) return NO_OBLIGATIONS;
  const owed = verdict.permits.flatMap((id) => known.get(id) ?? []);
  return owed.length === 0 ? NO_OBLIGATIONS : mergeObligations(owed);
}

function index(policies: readonly ParsedPolicy[]): ReadonlyMap<string, Obligations> {
  const found = new Map(
    policies.flatMap(({ id, obligations }) => (isFree(obligations) ? [] : [[id, obligations] as const])),
  );
  owing.set(policies, found);
  return found;
}
