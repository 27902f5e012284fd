import { AppError } from '@countersign/api';
import { type CedarEvaluation, combine, type EvaluatedPolicy, type Verdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { describeRequest } from './describe-request.ts';
import { judgeOrder, type SequencedRequest } from './judge-order.ts';
import type { LiveBundle } from './live-bundle.ts';

/** The verdict of a bundle's policies on one request. Throws `policy.unavailable` when the engine fails. */
export function evaluate(live: LiveBundle, request: DecisionRequest): Verdict {
  const misfits = live.findMisfits(request).filter((one) => !isObserved(live, one));
  if (misfits.length > 0) return combine({ policies: misfits.map((one) => describe(live, one, 'error')) });
  const told = describeRequest(request);
  if (told === undefined) return combine({ policies: [], failed: true });
  try {
    return combine({ policies: listEvaluated(live, live.engine(told), request) });
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('policy.unavailable', { cause });
  }
}

/**
 * What an evaluation found, with what else is to be known of each policy; without those that the task has not come to.
 * Whichever engine it was: none is told of sequences. A request without a task (null) has done nothing that a permit
 * could ask for, and anything that a forbid could.
 */
export function listEvaluated(
  live: LiveBundle,
  evaluation: CedarEvaluation,
  request: SequencedRequest | null,
): readonly EvaluatedPolicy[] {
  const { permits, forbids, errors } = evaluation;
  const policies: EvaluatedPolicy[] = [];
  const add = (id: string, outcome: EvaluatedPolicy['outcome']): void => {
    const policy = live.require(id);
    if (policy.sequence === null || judgeOrder(policy, request).holds)
      policies.push(describe(live, policy, outcome));
  };
  for (const id of permits) add(id, 'satisfied');
  for (const id of forbids) add(id, 'satisfied');
  for (const { policyId } of errors) add(policyId, 'error');
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
