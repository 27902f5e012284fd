import { AppError } from '@countersign/api';
import { canonicalCall, type JsonObject } from '@countersign/core';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { addToday, type DecisionRequest } from '../policies/index.ts';
import type { LeasedTask } from '../tasks/index.ts';
import { readSpend, requireTool } from './classify.ts';
import { findRisks, ruleByLimits, ruleByPolicy } from './decide.ts';
import type { Classified, Ruling } from './stages.ts';

/** A call that has not been made: what the path would decide of it now. */
export interface PlannedCall {
  readonly callDigest: string;
  readonly request: DecisionRequest;
  readonly spend: Classified['spend'];
  readonly ruling: Ruling;
  readonly policyVersion: string;
}

/**
 * Judges one exact tool call ahead, by the same rules as the path. Throws `upstream.not_found`, `action.tool_unknown`,
 * `action.tool_quarantined`, `action.arguments_invalid`, `policy.unavailable`.
 */
export async function planCall(
  context: Pick<Context, 'config' | 'upstreams' | 'policies' | 'counters' | 'platform' | 'risk'>,
  call: {
    readonly agent: AgentFacts;
    readonly givers: readonly AgentFacts[];
    readonly rootRoles: readonly string[];
    readonly task: LeasedTask;
    readonly upstream: string;
    readonly tool: string;
    readonly arguments: JsonObject;
  },
): Promise<PlannedCall> {
  const target = context.upstreams.find(call.upstream);
  if (target === undefined) throw new AppError('upstream.not_found');
  const tool = requireTool(target, { target: call.tool, arguments: call.arguments });
  const request: DecisionRequest = {
    agent: call.agent,
    givers: call.givers,
    rootRoles: call.rootRoles,
    risks: findRisks(context, call),
    task: call.task,
    operation: 'call',
    upstream: target.name,
    kind: tool.kind,
    tool,
    target: tool.name,
    arguments: call.arguments,
    effects: tool.effects,
    dataDomain: tool.dataDomain,
    environment: target.environment,
    // Only agents ask ahead, and theirs are always bound; the call itself is decided again with what it brings.
    binding: 'dpop',
    tokenIssuedAt: null,
    now: context.platform.now(),
  };
  const names = { agent: call.agent.id, task: call.task.id, target: target.name, tool: tool.name };
  const callDigest = sha256(canonicalCall({ ...names, arguments: call.arguments }));
  const spend = readSpend(tool, call.arguments);
  const limited = ruleByLimits(call.task.limits, request, spend);
  if (limited !== null)
    return { callDigest, request, spend, ruling: limited, policyVersion: context.policies.version };
  return { callDigest, request, spend, ...ruleByPolicy(context, await addToday(context, request, spend)) };
}
