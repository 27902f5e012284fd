// Guarantees: what is asked of all upstreams at once is allowed when it is at one of them, and reaches no other.
import { mergeObligations, NO_OBLIGATIONS } from '@countersign/core';
import type { Context } from '../context.ts';
import { addToday } from '../policies/index.ts';
import { everyUpstream, type LiveUpstream } from '../upstreams/index.ts';
import { describeRequest, ruleByLimits, ruleByPolicy } from './decide.ts';
import { narrowByMapping } from './narrow-by-mapping.ts';
import type { Decided, Intended, Ruling } from './stages.ts';

interface Reached {
  readonly target: LiveUpstream;
  readonly ruling: Ruling;
  readonly policyVersion: string;
  readonly limits: Decided['limits'];
}

export function isForEvery({ target }: Pick<Intended, 'target'>): boolean {
  return target.name === everyUpstream;
}

/** The upstreams, by name, where this caller may see what there is: as its limits, the policies and the stops have it now. */
export async function listReachable(context: Context, intended: Intended): Promise<readonly LiveUpstream[]> {
  return (await ruleEach(context, intended))
    .filter(({ ruling }) => ruling.effect === 'allow')
    .map(({ target }) => target);
}

export async function decideForEvery(
  context: Context,
  intended: Intended,
): Promise<Pick<Decided, 'ruling' | 'policyVersion' | 'limits'>> {
  const ruled = await ruleEach(context, intended);
  const allowed = ruled.filter(({ ruling }) => ruling.effect === 'allow');
  const [first] = allowed;
  if (first === undefined)
    return { ruling: deny(ruled), policyVersion: context.policies.version, limits: [] };
  const ruling = {
    ...first.ruling,
    policyIds: [...new Set(allowed.flatMap((one) => one.ruling.policyIds))],
    permits: [...new Set(allowed.flatMap((one) => one.ruling.permits))],
    obligations: mergeObligations(allowed.map((one) => one.ruling.obligations)),
  };
  return { ruling, policyVersion: first.policyVersion, limits: joinLimits(allowed) };
}

/** It is one call, so it is taken once from each. */
function joinLimits(allowed: readonly Reached[]): Reached['limits'] {
  return [...new Set(allowed.flatMap((one) => one.limits))];
}

async function ruleEach(context: Context, intended: Intended): Promise<readonly Reached[]> {
  // What runs elsewhere cannot be reached from here.
  const reachable = [...context.upstreams.list()].filter(({ kind }) => kind !== 'hooks' && kind !== 'model');
  const targets = reachable.sort((a, b) => (a.name < b.name ? -1 : 1));
  const ruled: Reached[] = [];
  for (const target of targets) {
    if (isStopped(context, intended, target)) continue;
    const request = describeRequest(context, { ...intended, target, dataDomain: target.name });
    const limited = ruleByLimits(intended.task.limits, request, null);
    if (limited === null) {
      const judged = ruleByPolicy(context, await addToday(context, request, null));
      const ruling = narrowByMapping(context, { ...intended, target }, judged.ruling);
      ruled.push({ target, ...judged, ruling });
    } else ruled.push({ target, ruling: limited, policyVersion: context.policies.version, limits: [] });
  }
  return ruled;
}

function isStopped({ stops }: Context, { scopes }: Intended, { name }: LiveUpstream): boolean {
  try {
    stops.check({ ...scopes, upstream: name });
    return false;
  } catch {
    return true;
  }
}

function deny(ruled: readonly Reached[]): Ruling {
  const by = ruled.some(({ ruling }) => ruling.by === 'policy') ? 'policy' : 'limits';
  const found = ruled.find(({ ruling }) => ruling.by === by)?.ruling;
  return {
    ...{ effect: 'deny', by, reasons: found?.reasons ?? [], requirement: null },
    ...{ policyIds: found?.policyIds ?? [], permits: [], observed: [], notices: [] },
    obligations: NO_OBLIGATIONS,
  };
}
