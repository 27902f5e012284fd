import { isJsonObject, type JsonValue } from '../actions/json-value.ts';
import type { ArgumentRole } from '../actions/provenance/index.ts';
import { findAtPointer, isJsonPointer } from '../delegations/json-pointer.ts';
import { type GrantTerms, LONGEST_GRANT_MS, MOST_GRANT_USES } from './grant.ts';
import { readTokens } from './mask-arguments.ts';
import type { Requirement } from './requirement.ts';
import type { Tier } from './tier.ts';

/** What a grant can be made of: the call that is asked for, and what is known of its tool. */
export interface GrantBasis extends Pick<GrantTerms, 'toolDigest' | 'environment' | 'effects' | 'origins'> {
  readonly tier: Tier;
  /** Whether a person has said what the tool's arguments mean. */
  readonly confirmed: boolean;
  readonly roles: readonly ArgumentRole[];
  /** Where it spends, and how much this call does. */
  readonly spend: { readonly pointer: string; readonly minor: number; readonly currency: string } | null;
  /** Of its task and of the delegation that the task works under, epoch milliseconds. */
  readonly endsAt: { readonly task: number; readonly delegation: number };
}

/** What a person would let happen. */
export interface GrantWish {
  readonly uses: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly free?: readonly string[] | undefined;
  /** Exactly the amounts of the call at hand, not up to them. */
  readonly exact?: boolean | undefined;
  /** Of all calls together; as many times the amount at hand as there are calls when left out. */
  readonly totalMinor?: number | undefined;
  readonly scope?: GrantTerms['scope'] | undefined;
}

export type DraftedGrant =
  | { readonly ok: true; readonly terms: GrantTerms }
  | { readonly ok: false; readonly detail: string };

const MOST_FREE = 16;

/** Whether one signature may let more than one call through at all, and how far: what policy says, or else no further than a task. */
export function findGrantScope({ grant }: Requirement, tier: Tier): 'no' | 'task' | 'delegation' {
  if (grant !== undefined) return grant;
  return tier === 3 ? 'no' : 'task';
}

/** The terms of a grant as wide as was wished, or why it may not be. */
export function draftGrant(
  basis: GrantBasis,
  asked: {
    readonly arguments: JsonValue;
    readonly requirement: Requirement;
    /** Epoch milliseconds. */
    readonly now: number;
  },
  wish: GrantWish,
): DraftedGrant {
  const { scope = 'task', uses, expiresAt } = wish;
  const widest = findGrantScope(asked.requirement, basis.tier);
  if (widest === 'no') return refuse('each call like this is asked for alone');
  if (scope === 'delegation' && widest !== 'delegation')
    return refuse('policy lets it be for one task alone');
  if (!Number.isSafeInteger(uses) || uses < 2 || uses > MOST_GRANT_USES)
    return refuse(`it is for 2 to ${MOST_GRANT_USES} calls`);
  const latest = Math.min(basis.endsAt[scope], asked.now + LONGEST_GRANT_MS);
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= asked.now || expiresAt > latest)
    return refuse('it ends with what it is for, and after 8 hours at the latest');
  const free = [...new Set(wish.free ?? [])].sort();
  const flaw = findFreeFlaw(basis, free);
  if (flaw !== undefined) return refuse(flaw);
  const atMost = wish.exact === true ? [] : listAmounts(basis, asked.arguments);
  const total = readTotal(basis, wish);
  if (total === undefined) return refuse('it spends no less than this call and no more than so many of them');
  const { toolDigest, environment, effects, origins } = basis;
  return {
    ok: true,
    terms: { scope, toolDigest, environment, effects, free, atMost, origins, uses, total, expiresAt },
  };
}

/** The arguments of the call at hand that a person may let be anything: by name, the ones that decide nothing. */
export function listFreeable(basis: GrantBasis, args: JsonValue): readonly string[] {
  if (!basis.confirmed || !isJsonObject(args)) return [];
  return Object.keys(args)
    .map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .filter((pointer) => isJsonPointer(pointer) && findFreeFlaw(basis, [pointer]) === undefined);
}

function findFreeFlaw({ confirmed, roles, spend }: GrantBasis, free: readonly string[]): string | undefined {
  if (free.length === 0) return undefined;
  if (!confirmed) return 'nobody has confirmed what the arguments of the tool mean';
  if (free.length > MOST_FREE) return 'too many arguments';
  const held = roles.filter(({ role }) => role !== 'content').map(({ pointer }) => pointer);
  const bound = [...held, ...(spend === null ? [] : [spend.pointer])].map(readTokens);
  for (const pointer of free) {
    if (pointer === '' || !isJsonPointer(pointer)) return `${pointer} is no argument`;
    const path = readTokens(pointer);
    if (bound.some((other) => overlaps(path, other)))
      return `${pointer} says where it goes, to what it is done or how much it is`;
  }
  return undefined;
}

/** Whether one of them leads to or through the other; `*` and `-` stand for every member and item. */
function overlaps(first: readonly string[], second: readonly string[]): boolean {
  return first.every((token, at) => {
    const other = second[at];
    return other === undefined || other === token || other === '*' || other === '-';
  });
}

/** Amounts alone: other numbers may be anything but more of something. */
function listAmounts({ roles, spend }: GrantBasis, args: JsonValue): GrantTerms['atMost'] {
  const named = roles.filter(({ role }) => role === 'amount').map(({ pointer }) => pointer);
  const pointers = [...new Set([...named, ...(spend === null ? [] : [spend.pointer])])].sort();
  return pointers.flatMap((pointer) => {
    // What leads to several, or through a list, stays as it is.
    if (!leadsThroughObjects(args, pointer)) return [];
    const [most] = findAtPointer(args, pointer);
    return typeof most === 'number' && most > 0 ? [{ pointer, most }] : [];
  });
}

function leadsThroughObjects(args: JsonValue, pointer: string): boolean {
  let value: JsonValue | undefined = args;
  for (const token of readTokens(pointer)) {
    if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, token)) return false;
    value = value[token];
  }
  return true;
}

function readTotal({ spend }: GrantBasis, { uses, totalMinor }: GrantWish): GrantTerms['total'] | undefined {
  if (spend === null) return totalMinor === undefined ? null : undefined;
  const most = spend.minor * uses;
  const minor = totalMinor ?? most;
  if (!Number.isSafeInteger(most) || !Number.isSafeInteger(minor)) return undefined;
  return minor >= spend.minor && minor <= most ? { minor, currency: spend.currency } : undefined;
}

function refuse(detail: string): DraftedGrant {
  return { ok: false, detail };
}
