/**
 * Where a value of an argument came from, best to worst. `model`: nowhere that was seen; the model made it up, computed it
 * or wrote it another way.
 */
export const ORIGINS = ['prompt', 'plan', 'delegation', 'trusted', 'untrusted', 'model'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Origins as bits, the best one lowest. */
export type OriginMask = number;

export function toMask(origin: Origin): OriginMask {
  return 1 << ORIGINS.indexOf(origin);
}

/** The best of a mask alone; 0 for an empty one. */
export function bestBit(mask: OriginMask): OriginMask {
  return mask & -mask;
}

/** The worst of a mask; `model` for an empty one. */
export function worstOf(mask: OriginMask): Origin {
  return ORIGINS[31 - Math.clz32(mask)] ?? 'model';
}

export function listOrigins(mask: OriginMask): ReadonlySet<Origin> {
  return new Set(ORIGINS.filter((origin) => (mask & toMask(origin)) !== 0));
}
