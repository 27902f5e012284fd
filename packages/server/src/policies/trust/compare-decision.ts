import { type CedarEvaluation, couldMatch } from '@countersign/core';
import { describeRequest, type ToldRequest } from '../decide/describe-request.ts';
import { type OfficialEngine, prepareOfficial } from '../decide/evaluate-official.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { isSameAnswer, type PartAnswer } from './ask-official.ts';
import { type Disagreement, writeName } from './cross-check.ts';

/** Up to this many policies are got ready once; of more, those that could apply to the request, each time. */
const MOST_PREPARED = 500;

/** Asks the engine in force and the official one again, about the request as both find it now. */
export interface DecisionComparison {
  /** Undefined when they agree, or the official engine cannot be told the request. Throws `policy.unavailable`. */
  compare(live: LiveBundle, request: DecisionRequest): Disagreement | undefined;
  release(): void;
}

export function createDecisionComparison(): DecisionComparison {
  let prepared: { readonly policies: LiveBundle['policies']; readonly engine: OfficialEngine } | undefined;
  const release = (): void => {
    prepared?.engine.release();
    prepared = undefined;
  };
  const prepare = (policies: LiveBundle['policies']): OfficialEngine => {
    if (prepared?.policies === policies) return prepared.engine;
    release();
    prepared = { policies, engine: prepareOfficial(policies) };
    return prepared.engine;
  };
  return {
    compare: (live, request) => {
      const told = describeRequest(request);
      if (told === undefined) return undefined;
      if (live.policies.length <= MOST_PREPARED)
        return compareAnswers(told, live.engine(told), prepare(live.policies).evaluate(told));
      const engine = prepareOfficial(selectPolicies(live, told));
      try {
        return compareAnswers(told, live.engine(told), engine.evaluate(told));
      } finally {
        engine.release();
      }
    },
    release,
  };
}

/** By each policy's own scope, not by the index that is to be checked. */
function selectPolicies({ policies }: LiveBundle, told: ToldRequest): LiveBundle['policies'] {
  const aim = (name: ToldRequest['principal']) => ({ ...name, ancestors: told.entities.ancestors(name) });
  const target = { principal: aim(told.principal), action: aim(told.action), resource: aim(told.resource) };
  return policies.filter(({ json }) => couldMatch(json, target) !== 'never');
}

function compareAnswers(
  told: ToldRequest,
  inForce: CedarEvaluation,
  official: CedarEvaluation | undefined,
): Disagreement | undefined {
  if (official === undefined) return undefined;
  const [compiled, wanted] = [summarise(inForce), summarise(official)];
  if (isSameAnswer(compiled, wanted)) return undefined;
  const [principal, action, resource] = [told.principal, told.action, told.resource].map(writeName) as [
    string,
    string,
    string,
  ];
  return { principal, action, resource, official: wanted, compiled };
}

function summarise({ permits, forbids, errors }: CedarEvaluation): PartAnswer {
  return {
    satisfied: [...permits, ...forbids].sort(),
    erring: errors.map(({ policyId }) => policyId).sort(),
  };
}
