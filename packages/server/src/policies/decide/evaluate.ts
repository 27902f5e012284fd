import type { AuthorizationAnswer, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import { AppError } from '@countersign/api';
import { combine, type EvaluatedPolicy, type Verdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { useCedar } from '../engine/cedar.ts';
import type { PreparedSet } from '../engine/prepared-set.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { buildContext, readsAny } from './build-context.ts';
import { buildEntities } from './build-entities.ts';
import { nameAction, nameResource, nameType } from './entity-names.ts';
import type { Slice } from './slice.ts';

/** The verdict of a slice's policies on one request. Throws `policy.unavailable` when the engine fails. */
export function evaluate(slice: Slice, request: DecisionRequest): Verdict {
  if (slice.misfits.length > 0)
    return combine({ policies: slice.misfits.map((one) => describe(one, 'error')) });
  const resource = nameResource(request);
  if (resource === undefined) return combine({ policies: [], failed: true });
  const { context, failed } = buildContext(slice.arguments, slice.uses.context, request);
  if (failed.length > 0) {
    // A policy that asks for what cannot be told to it must not be decided as if that were absent.
    const blind = [...slice.policies.values()].filter((one) => readsAny(one.uses.context, failed));
    return combine({ policies: blind.map((one) => describe(one, 'error')) });
  }
  const call: Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'> = {
    principal: nameType('Agent', request.agent.id),
    action: nameAction(request),
    resource,
    context,
    entities: buildEntities(slice.uses, request),
  };
  return combine({ policies: ask(slice, call) });
}

type Call = Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'>;

/**
 * The engine names only the policies that determined its decision. What would be permitted without the step-ups shows
 * when it is asked again without them, and only when nothing but step-ups stands against the request.
 */
function ask(slice: Slice, call: Call): EvaluatedPolicy[] {
  const { decision, policies } = run(slice, slice.whole, call);
  const against = policies.filter((policy) => policy.outcome === 'satisfied' && policy.effect === 'forbid');
  const mayBeLifted =
    decision === 'deny' && against.length > 0 && against.every((policy) => policy.stepUp !== undefined);
  if (!mayBeLifted || slice.withoutStepUps === null) return policies;
  const lifted = run(slice, slice.withoutStepUps, call).policies;
  return [...policies, ...lifted.filter((policy) => policy.outcome === 'satisfied')];
}

function run(
  slice: Slice,
  set: PreparedSet,
  call: Call,
): { readonly decision: 'allow' | 'deny'; readonly policies: EvaluatedPolicy[] } {
  const preparsedPolicySetId = set.id();
  let answer: AuthorizationAnswer;
  try {
    answer = useCedar((cedar) => cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId }));
  } catch (cause) {
    throw new AppError('policy.unavailable', { cause });
  }
  if (answer.type !== 'success') throw new AppError('policy.unavailable', { cause: answer });
  const { decision, diagnostics } = answer.response;
  const policies = [
    ...diagnostics.reason.map((id) => describe(require(slice, id), 'satisfied')),
    ...diagnostics.errors.map(({ policyId }) => describe(require(slice, policyId), 'error')),
  ];
  // A permit that determines an allow, or a forbid that determines a deny; anything else is not our engine.
  const effect = decision === 'allow' ? 'permit' : 'forbid';
  const determining = policies.filter((policy) => policy.outcome === 'satisfied');
  if (determining.some((policy) => policy.effect !== effect)) throw new AppError('policy.unavailable');
  return { decision, policies };
}

function require(slice: Slice, id: string): ParsedPolicy {
  const policy = slice.policies.get(id);
  if (policy === undefined) throw new AppError('policy.unavailable');
  return policy;
}

function describe(
  { id, effect, stepUp }: ParsedPolicy,
  outcome: EvaluatedPolicy['outcome'],
): EvaluatedPolicy {
  return { id, effect, mode: 'enforce', ...(stepUp === undefined ? {} : { stepUp }), outcome };
}
