import { type GrantedCall, tierOf } from '@countersign/core';
import { type AskedNow, type GrantClaim, listOrigins } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import { type DecisionRequest, lookIntoCall } from '../policies/index.ts';
import type { Intended, Ruling } from './stages.ts';

/**
 * A place in what people let happen for several calls, if this is one of them: taken in the same turn in which it was ruled.
 * Never for a call that a person has refused, nor for one that stands for something else than its tool.
 */
export function claimGrant(
  context: Pick<Context, 'approvals' | 'platform'>,
  intended: Intended,
  ruling: Ruling,
  request: DecisionRequest,
): GrantClaim | null {
  const { token, asked, tool, message } = intended;
  if (ruling.effect !== 'step_up' || ruling.requirement === null || ruling.mapped !== undefined) return null;
  if (tool === null || message.operation !== 'call') return null;
  // One exact call, or one that an enforcement point asks about with an approval of its own.
  if (token.callDigest !== null || asked?.approvalId !== undefined) return null;
  if (context.approvals.findForCall(intended.callDigest)?.state === 'denied') return null;
  return context.approvals.grants.claim(
    intended.id,
    describeCall(intended, request),
    weighNow(intended, ruling),
  );
}

export function weighNow(
  { tool, effects }: Pick<Intended, 'tool' | 'effects'>,
  { requirement }: Pick<Ruling, 'requirement'>,
): AskedNow {
  if (tool === null || requirement === null) throw new TypeError('only calls that are asked for are weighed');
  const { confirmed, reversibility } = tool;
  return { requirement, tier: tierOf({ effects, confirmed, reversibility, quorum: requirement.quorum }) };
}

export function describeCall(intended: Intended, request: DecisionRequest): GrantedCall {
  const { agent, task, token, tool, target, effects, message, spend } = intended;
  return {
    ...{ agent: agent.id, task: task.id, target: target.name, tool: tool?.name ?? '' },
    ...{ arguments: message.arguments, key: token.key, chain: task.chainIds, spend, effects },
    ...{ toolDigest: tool?.digest ?? '', environment: target.environment, at: request.now },
    origins: listOrigins(lookIntoCall(request).traces),
  };
}
