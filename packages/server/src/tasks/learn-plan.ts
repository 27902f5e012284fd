import type { ValueIndex } from '@countersign/core';
import type { StoredPlan } from './grants/index.ts';

/**
 * The words of a prompt that a person has signed. The values of what people approved are not learned: they are good for the
 * tool and the argument that were on the page, and would be good for every other here.
 */
export function learnPlan(
  values: ValueIndex,
  { prompt, confirmedBy }: Pick<StoredPlan, 'prompt' | 'confirmedBy'>,
): void {
  if (prompt !== null && confirmedBy !== null) values.learn(prompt, 'prompt');
}
