/** How far a policy counts: `enforce` decides; `warn` and `shadow` only say what they would have done. */
export const POLICY_MODES = ['enforce', 'warn', 'shadow'] as const;

export type PolicyMode = (typeof POLICY_MODES)[number];

/** The mode that `@mode` lets a new policy start with, or undefined for any other text. */
export function parseStartingMode(text: string): Exclude<PolicyMode, 'enforce'> | undefined {
  return text === 'warn' || text === 'shadow' ? text : undefined;
}
