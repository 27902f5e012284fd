import { NO_PLAN, type PlanMatch, toGrantTool } from '../../tasks/index.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { traceCall } from './find-traces.ts';

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
