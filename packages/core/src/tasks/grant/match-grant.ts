import { fitsArgument } from './fits-argument.ts';
import type { GrantCall, GrantEntry, TaskGrant } from './task-grant.ts';
import type { ArgumentTrace } from './traced.ts';

/**
 * `covered`: a person need not be asked again. `differs`: such a call is called for, but not with these arguments.
 * `outside`: nothing in what the person said calls for it.
 */
export type GrantState = 'covered' | 'differs' | 'outside';

export interface GrantMatch {
  readonly state: GrantState;
  /** The entry that covers the call, or the nearest one. */
  readonly entry: GrantEntry | undefined;
  /** The arguments that the nearest entry does not let through; all of them where there is no entry. */
  readonly differences: readonly ArgumentTrace[];
}

/** Holds one call against a grant that has not expired at `now` (epoch milliseconds). Takes the entry that differs least. */
export function matchGrant(grant: TaskGrant, call: GrantCall, now: number): GrantMatch {
  const hasExpired = grant.expiresAt !== null && !(now < grant.expiresAt);
  let nearest: GrantMatch | undefined;
  for (const entry of hasExpired ? [] : grant.entries) {
    if (entry.tool !== call.tool || entry.uses === 0) continue;
    const differences = listDifferences(entry, call.traces);
    if (differences.length === 0) return { state: 'covered', entry, differences };
    if (nearest === undefined || differences.length < nearest.differences.length)
      nearest = { state: 'differs', entry, differences };
  }
  if (nearest !== undefined) return nearest;
  const state = grant.reading === 'plan' && !hasExpired ? 'outside' : 'differs';
  return { state, entry: undefined, differences: call.traces };
}

function listDifferences(entry: GrantEntry, traces: readonly ArgumentTrace[]): readonly ArgumentTrace[] {
  return traces.filter((trace) => !entry.arguments.some((argument) => fitsArgument(argument, trace)));
}
