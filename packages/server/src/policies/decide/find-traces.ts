import { type ArgumentTrace, traceArguments } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';

const traced = new WeakMap<DecisionRequest, readonly ArgumentTrace[]>();

/** Where the arguments of a call came from, by what is known at the first time that it is asked. */
export function traceCall(request: DecisionRequest): readonly ArgumentTrace[] {
  const known = traced.get(request);
  if (known !== undefined) return known;
  const { task, tool, arguments: given } = request;
  const traces = tool === null ? [] : traceArguments(task.history.values, given, tool.argumentRoles);
  traced.set(request, traces);
  return traces;
}
