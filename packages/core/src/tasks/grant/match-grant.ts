import type { ArgumentTrace } from '../../actions/provenance/index.ts';
import { fitsArgument, refusesArgument } from './fits-argument.ts';
import type { GrantCall, GrantEntry, TaskGrant } from './task-grant.ts';

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
    const match = matchEntry(entry, call.traces);
    if (match.state === 'covered') return match;
    if (nearest === undefined || isNearer(match, nearest)) nearest = match;
  }
  if (nearest !== undefined) return nearest;
  const state = grant.reading === 'unclear' || hasExpired ? 'differs' : 'outside';
  return { state, entry: undefined, differences: call.traces };
}

function matchEntry(entry: GrantEntry, traces: readonly ArgumentTrace[]): GrantMatch {
  const differences = traces.filter(
    (trace) => !entry.arguments.some((argument) => fitsArgument(argument, trace)),
  );
  if (!entry.asks && differences.length === 0) return { state: 'covered', entry, differences };
  const isRefused = differences.some((trace) =>
    entry.arguments.some((argument) => refusesArgument(argument, trace)),
  );
  return { state: isRefused ? 'outside' : 'differs', entry, differences: entry.asks ? traces : differences };
}

function isNearer(match: GrantMatch, other: GrantMatch): boolean {
  if (match.state !== other.state) return match.state === 'differs';
  return match.differences.length < other.differences.length;
}
