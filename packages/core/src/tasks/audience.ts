import type { Audience } from './labels.ts';

export const PLACEMENTS = ['inside', 'outside', 'unknown'] as const;

/** Whether what a task has read would stay with those who may see it. */
export type Placement = (typeof PLACEMENTS)[number];

/** Where a call takes something. */
export interface Outlet {
  readonly upstream: string;
  /** Values of the arguments that say where it goes. */
  readonly destinations: readonly string[];
  /** It changes something, or sends something out. */
  readonly changes: boolean;
}

const LONGEST = 2_048;
const MOST = 256;
const MAIL = /^[a-z0-9.!#$%&'*+=?^_`{|}~-]{1,128}@([a-z0-9.-]{1,253})$/;
// Who stands before an `@`, or a backslash, is read in different ways by different programs.
const HOST =
  /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,20})(?::\d{1,5})?(?:[/?#][^\\]*)?$/;

/**
 * Holds a call against the audience of what was read. A mail address or host is inside when its domain, or one above it, is
 * named by `domain:`; all of an upstream is when `upstream:` names it. A call that only reads and names no destination takes
 * nothing anywhere. Who is behind any other destination (a channel, an account, a name) is unknown.
 */
export function placeInAudience(audience: Audience, outlet: Outlet): Placement {
  if (audience === 'anyone') return 'inside';
  if (!outlet.changes && outlet.destinations.length === 0) return 'inside';
  if (audience.includes(`upstream:${outlet.upstream}`)) return 'inside';
  if (audience.length === 0) return 'outside';
  const domains = audience.flatMap((one) => (one.startsWith('domain:') ? [one.slice(7).toLowerCase()] : []));
  if (outlet.destinations.length > MOST) return 'unknown';
  const places = outlet.destinations.map((destination) => placeDestination(destination, domains));
  if (places.includes('outside')) return 'outside';
  return places.length === 0 || places.includes('unknown') ? 'unknown' : 'inside';
}

function placeDestination(destination: string, domains: readonly string[]): Placement {
  const text = destination.trim().toLowerCase();
  if (text.length > LONGEST) return 'unknown';
  const host = (MAIL.exec(text) ?? HOST.exec(text))?.[1]?.replace(/\.$/, '');
  if (host === undefined) return 'unknown';
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`)) ? 'inside' : 'outside';
}
