import type { ValueIndex } from '@countersign/core';
import type { StoredPlan } from './grants/index.ts';

/**
 * The values that people put into a plan for as long as it lasts, and the words of a prompt that a person has signed. A value
 * that was approved for one call, one task or some minutes stays that of its entry alone.
 */
export function learnPlan(
  values: ValueIndex,
  { bounds, confirmedBy, grant, prompt }: Pick<StoredPlan, 'bounds' | 'confirmedBy' | 'grant' | 'prompt'>,
): void {
  if (prompt !== null && confirmedBy !== null) values.learn(prompt, 'prompt');
  for (const entry of grant.entries) {
    if (entry.source === 'prompt' || entry.uses !== null || bounds.has(entry.id)) continue;
    for (const argument of entry.arguments) values.learn(argument.values, 'plan');
  }
}
