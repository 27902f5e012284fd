/** Whether what a tool did can be taken back. */
export const REVERSIBILITIES = ['reversible', 'irreversible', 'unknown'] as const;

export type Reversibility = (typeof REVERSIBILITIES)[number];

export function isReversibility(value: unknown): value is Reversibility {
  return REVERSIBILITIES.some((reversibility) => reversibility === value);
}

/** What counts while no person has confirmed the proposal: nothing can be taken back before somebody has said so. */
export function assumeReversibility(proposed: Reversibility): Reversibility {
  return proposed === 'reversible' ? 'unknown' : proposed;
}
