import type { Call } from '../actions/call.ts';
import type { Effect } from '../actions/effects.ts';
import type { JsonValue } from '../actions/json-value.ts';
import { ORIGINS } from '../actions/provenance/index.ts';
import { findAtPointer } from '../delegations/json-pointer.ts';
import type { BoundedGrant, GrantOrigin } from './grant.ts';
import { maskArguments } from './mask-arguments.ts';

/** One call, as it arrives. */
export interface GrantedCall extends Call {
  readonly key: string;
  /** Ids of the delegations, the person's first. */
  readonly chain: readonly string[];
  readonly toolDigest: string;
  readonly environment: string;
  readonly effects: readonly Effect[];
  readonly origins: readonly GrantOrigin[];
  readonly spend: { readonly minor: number; readonly currency: string } | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What of a call is not as it was granted. */
export type GrantMisfit =
  | 'agent'
  | 'task'
  | 'key'
  | 'tool'
  | 'expired'
  | 'arguments'
  | 'amount'
  | 'provenance'
  | 'currency';

/**
 * What keeps a call from being one that the grant lets through; undefined for one that it does. How many there were already,
 * and whether those who signed it still may, is not looked at here.
 */
export function findGrantMisfit(granted: BoundedGrant, call: GrantedCall): GrantMisfit | undefined {
  const { grant } = granted;
  if (call.agent !== granted.agent) return 'agent';
  if (call.key !== granted.key) return 'key';
  if (grant.scope === 'task' && call.task !== granted.task) return 'task';
  if (!isSameList(call.chain, granted.chain)) return 'task';
  if (!(call.at < grant.expiresAt)) return 'expired';
  const isSameTool =
    call.target === granted.target && call.tool === granted.tool && call.toolDigest === grant.toolDigest;
  if (!isSameTool || call.environment !== grant.environment) return 'tool';
  if (!call.effects.every((effect) => grant.effects.includes(effect))) return 'tool';
  return findArgumentMisfit(granted, call);
}

/** The same for the arguments alone: of calls of other tasks, that are looked back at. */
export function findArgumentMisfit(
  { arguments: shown, grant }: Pick<BoundedGrant, 'arguments' | 'grant'>,
  call: Pick<GrantedCall, 'arguments' | 'origins' | 'spend'>,
): GrantMisfit | undefined {
  const open = [...grant.free, ...grant.atMost.map(({ pointer }) => pointer)];
  if (maskArguments(call.arguments, open) !== maskArguments(shown, open)) return 'arguments';
  if (!grant.atMost.every(({ pointer, most }) => isWithin(call.arguments, pointer, most))) return 'amount';
  if ((call.spend?.currency ?? null) !== (grant.total?.currency ?? null)) return 'currency';
  return call.origins.every((origin) => isAsGood(grant.origins, origin)) ? undefined : 'provenance';
}

/** Nothing at all, or less than it, may mean something else than little. */
function isWithin(args: JsonValue, pointer: string, most: number): boolean {
  const found = findAtPointer(args, pointer);
  const [value] = found;
  return found.length === 1 && typeof value === 'number' && value > 0 && value <= most;
}

/** A value of an argument that had none in the call that was shown may come from nobody whom nobody trusts. */
function isAsGood(
  shown: readonly GrantOrigin[],
  { pointer, role, worst, isContested }: GrantOrigin,
): boolean {
  const before = shown.filter((one) => one.pointer === pointer && one.role === role);
  const bound = Math.max(ORIGINS.indexOf('trusted'), ...before.map((one) => ORIGINS.indexOf(one.worst)));
  if (ORIGINS.indexOf(worst) > bound) return false;
  return (
    isContested === undefined || before.some((one) => one.isContested === true || one.worst === 'untrusted')
  );
}

function isSameList(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((one, at) => one === second[at]);
}
