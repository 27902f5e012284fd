import { type ArgumentTrace, traceArguments, ValueIndex } from '@countersign/core';
import { NO_PLAN, type PlanMatch, toGrantTool } from '../../tasks/index.ts';
import type { DecisionRequest } from '../policy-state.ts';

const known = new WeakMap<DecisionRequest, PlanMatch>();

/** What the plan of the task says of the call; found out once it is asked, because most policies never do. */
export function readPlan(request: DecisionRequest): PlanMatch {
  const found = known.get(request);
  if (found !== undefined) return found;
  const match = findMatch(request);
  known.set(request, match);
  return match;
}

/** What was found out of it, if anybody asked. */
export function peekPlan(request: DecisionRequest): PlanMatch | undefined {
  return known.get(request);
}

/** Where the arguments of the call came from. */
export function traceCall({ task, tool, arguments: given }: DecisionRequest): readonly ArgumentTrace[] {
  if (tool === null) return [];
  const index = new ValueIndex();
  if (task.prompt !== null) index.learn(task.prompt, 'prompt');
  return traceArguments(index, given, toGrantTool(tool).roles);
}

function findMatch(request: DecisionRequest): PlanMatch {
  const { plan, task, tool, now } = request;
  if (plan !== undefined) return { ...NO_PLAN, ...plan };
  // Plans name tools: what calls none is neither in one nor outside.
  if (tool === null || task.history.plan.stored === null) return NO_PLAN;
  const traces = traceCall(request);
  return task.history.plan.match({
    task: task.id,
    tool: toGrantTool(tool),
    digest: tool.digest,
    traces,
    now,
  });
}
