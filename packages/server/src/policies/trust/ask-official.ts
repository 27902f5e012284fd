import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { AppError } from '@countersign/api';
import { useCedar } from '../engine/cedar.ts';
import { type PreparedSet, prepareSet } from '../engine/prepared-set.ts';
import type { Trial } from './trial.ts';

/** A part of a bundle, all permits or all forbids: then the official engine names every one that is satisfied. */
export interface PolicyPart {
  readonly effect: 'permit' | 'forbid';
  readonly ids: ReadonlySet<string>;
  readonly set: PreparedSet;
}

export interface PartAnswer {
  readonly satisfied: readonly string[];
  readonly erring: readonly string[];
}

export function preparePart(
  effect: PolicyPart['effect'],
  policies: readonly { readonly id: string; readonly json: PolicyJson }[],
): PolicyPart {
  const set: Record<string, PolicyJson> = Object.create(null);
  for (const { id, json } of policies) set[id] = { ...json, annotations: {} };
  return { effect, ids: new Set(Object.keys(set)), set: prepareSet(set) };
}

/** What the official engine says of the part. Undefined when it refuses the request itself. Throws `policy.unavailable`. */
export function askOfficial(part: PolicyPart, trial: Trial): PartAnswer | undefined {
  const preparsedPolicySetId = part.set.id();
  try {
    const answer = useCedar((cedar) => cedar.statefulIsAuthorized({ ...trial, preparsedPolicySetId }));
    if (answer.type !== 'success') return undefined;
    const { reason, errors } = answer.response.diagnostics;
    return { satisfied: [...reason].sort(), erring: errors.map(({ policyId }) => policyId).sort() };
  } catch (cause) {
    throw new AppError('policy.unavailable', { cause });
  }
}

export function isSameAnswer(one: PartAnswer, other: PartAnswer): boolean {
  return isSame(one.satisfied, other.satisfied) && isSame(one.erring, other.erring);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, at) => id === other[at]);
}
