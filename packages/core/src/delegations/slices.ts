/** What one of several gateways may spend of something by itself, in whole units. */
export interface Slice {
  readonly granted: number;
  /** At most what was granted. */
  readonly used: number;
}

/** How much there is of it, and what of that is not this gateway's to have. */
export interface SlicedBudget {
  readonly limit: number;
  /** Spent by gateways that have no slice any more. */
  readonly spent: number;
  /** Granted to the others, used or not. */
  readonly elsewhere: number;
}

/**
 * What a gateway is granted that needs so much now: half of what nobody has, so that slices shrink with what is left, or more
 * where it needs more. Unchanged where less is there than it must have, so that it can come together elsewhere.
 */
export function growSlice(
  { limit, spent, elsewhere }: SlicedBudget,
  { granted, used }: Slice,
  need: { readonly least: number; readonly wanted: number },
): number {
  const most = limit - spent - elsewhere;
  if (most - used < need.least || most <= granted) return granted;
  const share = granted + Math.ceil((most - granted) / 2);
  return Math.min(most, Math.max(share, used + need.wanted));
}

/** A slice without what it has not used. */
export function shrinkSlice({ granted, used }: Slice): number {
  return Math.min(granted, Math.max(used, 0));
}
