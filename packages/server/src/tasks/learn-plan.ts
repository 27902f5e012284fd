import type { ValueIndex } from '@countersign/core';
import type { StoredPlan } from './grants/index.ts';

/** The values that people put into a plan, and the words of a prompt that a person has signed. */
export function learnPlan(
  values: ValueIndex,
  { grant, prompt, confirmedBy }: Pick<StoredPlan, 'grant' | 'prompt' | 'confirmedBy'>,
): void {
  if (prompt !== null && confirmedBy !== null) values.learn(prompt, 'prompt');
  for (const entry of grant.entries) {
    if (entry.source === 'prompt') continue;
    for (const argument of entry.arguments) values.learn(argument.values, 'plan');
  }
}
