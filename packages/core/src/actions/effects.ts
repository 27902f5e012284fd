/** What a tool can do to the world. A tool has a set of them. */
export const EFFECTS = ['read', 'write', 'spend', 'admin', 'egress'] as const;

export type Effect = (typeof EFFECTS)[number];

/** The worst case, for a tool that nobody has classified: everything but merely reading. */
export const UNKNOWN_EFFECTS: readonly Effect[] = ['write', 'spend', 'admin', 'egress'];

export function isEffect(value: unknown): value is Effect {
  return EFFECTS.some((effect) => effect === value);
}

/** The union of both sets, in the order of `EFFECTS`. */
export function joinEffects(a: readonly Effect[], b: readonly Effect[]): Effect[] {
  return EFFECTS.filter((effect) => a.includes(effect) || b.includes(effect));
}

/** The intersection of both sets, in the order of `EFFECTS`. */
export function meetEffects(a: readonly Effect[], b: readonly Effect[]): Effect[] {
  return EFFECTS.filter((effect) => a.includes(effect) && b.includes(effect));
}

/** Whether every effect of `part` is in `whole`. */
export function areEffectsWithin(part: readonly Effect[], whole: readonly Effect[]): boolean {
  return part.every((effect) => whole.includes(effect));
}
