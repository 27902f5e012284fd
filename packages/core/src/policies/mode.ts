/** How far a policy counts: `enforce` decides; `warn` and `shadow` only say what they would have done. */
export const POLICY_MODES = ['enforce', 'warn', 'shadow'] as const;

export type PolicyMode = (typeof POLICY_MODES)[number];

export function isPolicyMode(value: unknown): value is PolicyMode {
  return POLICY_MODES.some((mode) => mode === value);
}
