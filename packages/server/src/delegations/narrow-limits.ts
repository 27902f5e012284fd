import type { ArgumentConstraint, Limits } from '@countersign/core';
import { requireSoundLimits } from './read-limits.ts';

/** What somebody wants less of; members that are undefined are left as they are. */
export type WantedLimits = {
  readonly [Field in keyof Limits]?: Limits[Field] | undefined;
};

/**
 * The limits with what is wanted in the place of what they say, and argument constraints added to theirs. Whether that
 * is narrower is for the caller to check. Throws `server.request_invalid` for limits that make no sense.
 */
export function narrowLimits(limits: Limits, wanted: WantedLimits): Limits {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const more: readonly ArgumentConstraint[] = wanted.arguments ?? [];
  const known = new Set(limits.arguments.map((one) => JSON.stringify(one)));
  const added = more.filter((one) => !known.has(JSON.stringify(one)));
  const narrowed: Limits = { ...limits, ...given, arguments: [...limits.arguments, ...added] };
  requireSoundLimits(narrowed);
  return narrowed;
}
