import type { AmendedCall } from '@countersign/core';
import type { AmendmentInput } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import { addToday, type DecisionRequest, imagineSigned, readPlan, traceCall } from '../policies/index.ts';
import { describeRequest, ruleByPolicy } from './decide.ts';
import type { Recorded } from './stages.ts';

/**
 * The question to people that makes the call, and others like it, part of the plan; undefined when that is not what policy
 * asks about: the call would have to be asked for even if the plan called for it.
 */
export async function findAmendment(
  context: Pick<Context, 'config' | 'counters' | 'platform' | 'policies' | 'risk'>,
  recorded: Recorded,
): Promise<AmendmentInput | undefined> {
  const { ruling, token, agent, task } = recorded;
  const { requirement } = ruling;
  // A token for one exact call rests on what a person let happen once, and a mapping asks about more than the tool.
  if (requirement === null || token.callDigest !== null || ruling.mapped !== undefined) return undefined;
  const request = describeRequest(context, recorded);
  // Where nobody said what is to be done, there is nothing to amend.
  if (readPlan(request).state === 'none' || !(await planPasses(context, request, recorded.spend)))
    return undefined;
  return {
    ...{ agent, task, key: token.key, by: 'call', actionId: recorded.id },
    calls: [toAmendedCall(request, recorded.callDigest)],
    ...{ prompt: null, confirms: null, personId: null },
    ...{ requirement, policyVersion: recorded.policyVersion, policyIds: ruling.policyIds },
    about: { effects: recorded.effects, environment: request.environment, dataDomain: recorded.dataDomain },
    causes: [recorded.decisionRecord],
  };
}

/** Whether policy would let the call through without asking if the plan of its task called for it. */
export async function planPasses(
  context: Pick<Context, 'config' | 'counters' | 'platform' | 'policies'>,
  request: DecisionRequest,
  spend: Recorded['spend'],
): Promise<boolean> {
  const { state, confirmed } = readPlan(request);
  if (state === 'covered' || request.tool === null) return false;
  const traces = imagineSigned(traceCall(request));
  const imagined: DecisionRequest = {
    ...request,
    plan: { state: 'covered', confirmed },
    provenance: () => traces,
  };
  const asked = await addToday(context, imagined, spend);
  return ruleByPolicy(context, asked).ruling.effect === 'allow';
}

/** The call as an amendment shows it. */
export function toAmendedCall(request: DecisionRequest, callDigest: string): AmendedCall {
  return {
    callDigest,
    tool: `${request.upstream}/${request.tool?.name ?? request.target}`,
    arguments: request.arguments,
    traces: traceCall(request).map((trace) => ({ ...trace, origins: [...trace.origins] })),
  };
}
