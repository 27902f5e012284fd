import { AppError } from '@countersign/api';
import { type CedarEvaluation, combine, type EvaluatedPolicy, type Verdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { describeRequest } from './describe-request.ts';
import type { LiveBundle } from './live-bundle.ts';

/** The verdict of a bundle's policies on one request. Throws `policy.unavailable` when the engine fails. */
export function evaluate(live: LiveBundle, request: DecisionRequest): Verdict {
  const misfits = live.findMisfits(request).filter((one) => !isObserved(live, one));
  if (misfits.length > 0) return combine({ policies: misfits.map((one) => describe(live, one, 'error')) });
  const told = describeRequest(request);
  if (told === undefined) return combine({ policies: [], failed: true });
  try {
    return combine({ policies: listEvaluated(live, live.engine(told)) });
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('policy.unavailable', { cause });
  }
}

/** What an evaluation found, with what else is to be known of each policy. */
export function listEvaluated(live: LiveBundle, evaluation: CedarEvaluation): readonly EvaluatedPolicy[] {
  const { permits, forbids, errors } = evaluation;
  const policies: EvaluatedPolicy[] = [];
  for (const id of permits) policies.push(describe(live, live.require(id), 'satisfied'));
  for (const id of forbids) policies.push(describe(live, live.require(id), 'satisfied'));
  for (const { policyId } of errors) policies.push(describe(live, live.require(policyId), 'error'));
  return policies;
}

function isObserved({ modes }: LiveBundle, { id }: ParsedPolicy): boolean {
  return (modes.get(id) ?? 'enforce') !== 'enforce';
}

function describe(
  { modes }: LiveBundle,
  { id, effect, stepUp }: ParsedPolicy,
  outcome: EvaluatedPolicy['outcome'],
): EvaluatedPolicy {
  const mode = modes.get(id) ?? 'enforce';
  return stepUp === undefined ? { id, effect, mode, outcome } : { id, effect, stepUp, mode, outcome };
}
