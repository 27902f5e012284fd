import { type ArgumentTrace, fitsArgument, type GrantEntry, type Origin } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { readPlan } from './read-plan.ts';

const signed: ReadonlySet<Origin> = new Set(['plan']);

/**
 * With the values that people signed for this very tool and argument as `plan`. They are that nowhere else: who lets a file
 * be shared with somebody has not let mail be sent there.
 */
export function signTraces(
  request: DecisionRequest,
  traces: readonly ArgumentTrace[],
): readonly ArgumentTrace[] {
  const { stored } = request.task.history.plan;
  if (stored === null || stored.bounds.size === 0 || !traces.some(isUnproven)) return traces;
  const { state, entry } = readPlan(request);
  if (state !== 'covered' || entry === null || entry.source === 'prompt') return traces;
  return traces.map((trace) =>
    isUnproven(trace) && isNamed(entry, trace) ? { ...trace, origins: signed, worst: 'plan' } : trace,
  );
}

/** The call as it would be with its places and amounts signed; what was written stays what it is. */
export function imagineSigned(traces: readonly ArgumentTrace[]): readonly ArgumentTrace[] {
  return traces.map((trace) =>
    isUnproven(trace) && trace.role !== 'content' ? { ...trace, origins: signed, worst: 'plan' } : trace,
  );
}

function isUnproven({ worst }: ArgumentTrace): boolean {
  return worst === 'untrusted' || worst === 'model';
}

/** By its value: what an entry lets come from anywhere nobody has seen. */
function isNamed(entry: GrantEntry, trace: ArgumentTrace): boolean {
  return entry.arguments.some((argument) => fitsArgument({ ...argument, origins: [] }, trace));
}
