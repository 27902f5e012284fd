import type { DecisionRequest, PlanFacts } from '../policy-state.ts';
import { readPlan } from './read-plan.ts';
import { listRoleTraces, type RoleTrace } from './trace-call.ts';

/** What a person who is asked about a call is told of it beside what policies were told. */
export interface CallInsight {
  readonly decision: DecisionRequest;
  /** Where its arguments came from. */
  readonly traces: readonly RoleTrace[];
  /** How it stands to the plan of its task. */
  readonly plan: PlanFacts['state'];
}

export function lookIntoCall(decision: DecisionRequest): CallInsight {
  return { decision, traces: listRoleTraces(decision), plan: readPlan(decision).state };
}
