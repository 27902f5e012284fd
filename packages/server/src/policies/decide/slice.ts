import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { joinUses, type RequestUses } from '../bundle/policy-uses.ts';
import type { PreparedSet } from '../engine/prepared-set.ts';
import type { RecordType } from '../schema/argument-type.ts';
import { matchScope, mayBePrincipal, type SlicePrincipal, type SliceTarget } from './match-scope.ts';

/** The policies of a bundle that can apply to one tool, or to one operation on one upstream. */
export interface Slice {
  readonly policies: ReadonlyMap<string, ParsedPolicy>;
  /** Those that do not fit the tool as it is now pinned. While there are any, everything is denied. */
  readonly misfits: readonly ParsedPolicy[];
  readonly arguments: RecordType;
  readonly uses: RequestUses;
  readonly whole: PreparedSet;
  /** Without the step-ups; null when there are none. */
  readonly withoutStepUps: PreparedSet | null;
}

/** What of a slice does not depend on its target: slices with the same policies share it. */
export interface SlicedPolicies {
  /** The same for the same policies. */
  readonly key: string;
  readonly policies: ReadonlyMap<string, ParsedPolicy>;
  /** As the engine gets them: what the target settles is no longer in their scope. */
  readonly whole: Readonly<Record<string, PolicyJson>>;
  readonly withoutStepUps: Readonly<Record<string, PolicyJson>> | null;
  readonly uses: RequestUses;
}

/** Chooses the policies for a target. What it leaves out could not have applied, so the verdict is that of the whole. */
export function selectPolicies(policies: readonly ParsedPolicy[], target: SliceTarget): SlicedPolicies {
  const chosen = new Map<string, ParsedPolicy>();
  const key: string[] = [];
  const whole: Record<string, PolicyJson> = Object.create(null);
  const withoutStepUps: Record<string, PolicyJson> = Object.create(null);
  for (const policy of policies) {
    const match = matchScope(policy.json, target);
    if (match === 'never') continue;
    chosen.set(policy.id, policy);
    key.push(match === 'always' ? policy.id : `?${policy.id}`);
    const resource = match === 'always' ? ({ op: 'All' } as const) : policy.json.resource;
    const sliced: PolicyJson = { ...policy.json, annotations: {}, action: { op: 'All' }, resource };
    whole[policy.id] = sliced;
    if (policy.stepUp === undefined) withoutStepUps[policy.id] = sliced;
  }
  const hasStepUps = Object.keys(withoutStepUps).length < chosen.size;
  const uses = joinUses([...chosen.values()].map((policy) => policy.uses));
  return {
    key: JSON.stringify(key),
    policies: chosen,
    whole,
    withoutStepUps: hasStepUps ? withoutStepUps : null,
    uses,
  };
}

/** False only when no arguments at all could get an allow or a step-up for the agent. For slices of tools. */
export function couldPermit(slice: Slice, principal: SlicePrincipal): boolean {
  if (slice.misfits.length > 0) return false;
  let isPermitted = false;
  for (const { effect, json, stepUp } of slice.policies.values()) {
    if (!mayBePrincipal(json.principal, principal)) continue;
    if (effect === 'permit') isPermitted = true;
    if (effect === 'forbid' && stepUp === undefined && json.conditions.length === 0) return false;
  }
  return isPermitted;
}
