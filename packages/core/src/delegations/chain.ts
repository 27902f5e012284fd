import { type AgentId, type DelegationId, isId, type PersonId } from '../ids.ts';
import { DEEPEST_DELEGATION } from './check-limits.ts';
import { intersect } from './intersect.ts';
import { isWithin } from './is-within.ts';
import type { Limits } from './limits.ts';

/** One delegation as a step of a chain. */
export interface ChainLink {
  readonly id: DelegationId;
  readonly from: PersonId | AgentId;
  readonly to: AgentId;
  readonly limits: Limits;
  readonly revoked: boolean;
}

/** How authority came from a person to the agent that now uses it. */
export interface Chain {
  readonly holder: AgentId;
  /** The person's delegation first. */
  readonly links: readonly ChainLink[];
}

export type ChainFaultCode =
  | 'empty'
  | 'too_long'
  | 'no_person'
  | 'broken'
  | 'cycle'
  | 'revoked'
  | 'expired'
  | 'too_deep'
  | 'widened'
  | 'wrong_holder';

export interface ChainFault {
  readonly code: ChainFaultCode;
  /** Undefined when the chain as a whole is at fault. */
  readonly link: DelegationId | undefined;
  readonly detail: string;
}

export type CheckedChain =
  | { readonly valid: true; readonly limits: Limits }
  | { readonly valid: false; readonly faults: readonly ChainFault[] };

/** What the whole chain permits: the intersection of its links, so that one bad link can never widen it. */
export function effectiveLimits(chain: Chain): Limits | undefined {
  const [first, ...others] = chain.links;
  return others.reduce<Limits | undefined>(
    (limits, link) => limits && intersect(limits, link.limits),
    first?.limits,
  );
}

/**
 * Whether authority flows unbroken from a person to the holder at `at` (epoch milliseconds), each link narrower than
 * the one before and one step shallower. One revoked or expired link ends the chain.
 */
export function checkChain(chain: Chain, at: number): CheckedChain {
  const { links, holder } = chain;
  if (links.length > DEEPEST_DELEGATION + 1) {
    return { valid: false, faults: [makeFault('too_long', undefined, `${links.length} delegations`)] };
  }
  const limits = effectiveLimits(chain);
  const last = links.at(-1);
  if (limits === undefined || last === undefined) {
    return { valid: false, faults: [makeFault('empty', undefined, 'no delegation')] };
  }
  const faults = links.flatMap((link, i) => checkLink(link, links[i - 1], at));
  const members = [links[0]?.from, ...links.map((link) => link.to)];
  links.forEach((link, i) => {
    if (members.indexOf(link.to) !== i + 1)
      faults.push(makeFault('cycle', link.id, 'it comes back to an agent'));
  });
  if (last.to !== holder) faults.push(makeFault('wrong_holder', last.id, 'it was given to another agent'));
  return faults.length === 0 ? { valid: true, limits } : { valid: false, faults };
}

function checkLink(link: ChainLink, previous: ChainLink | undefined, at: number): ChainFault[] {
  const faults: ChainFault[] = [];
  if (link.revoked) faults.push(makeFault('revoked', link.id, 'it was revoked'));
  // Written so that a time that is not a number counts as expired.
  if (!(at < link.limits.expiresAt)) faults.push(makeFault('expired', link.id, 'it has expired'));
  if (previous === undefined) {
    if (!isId('per', link.from))
      faults.push(makeFault('no_person', link.id, 'no person stands at its start'));
    return faults;
  }
  if (link.from !== previous.to) {
    faults.push(makeFault('broken', link.id, 'its giver does not hold the delegation before it'));
  }
  if (previous.limits.depth < 1) {
    faults.push(makeFault('too_deep', link.id, 'the delegation before it may not be passed on'));
  }
  // Passing on uses up one step of depth.
  const within = isWithin(link.limits, { ...previous.limits, depth: Math.max(0, previous.limits.depth - 1) });
  if (!within.within) {
    for (const { field, detail } of within.violations) {
      faults.push(makeFault('widened', link.id, `${field}: ${detail}`));
    }
  }
  return faults;
}

function makeFault(code: ChainFaultCode, link: DelegationId | undefined, detail: string): ChainFault {
  return { code, link, detail };
}
