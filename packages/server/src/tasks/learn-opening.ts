import type { ArgumentConstraint, JsonPrimitive, ValueIndex } from '@countersign/core';
import type { LeasedTask } from './leased-task.ts';

type Opening = Pick<LeasedTask, 'chain' | 'openedRecord' | 'parentIds' | 'prompt' | 'purpose'>;

/**
 * What was said before anything was read. Only what a person can have said: what an agent passed on, or opened a task
 * with while it worked on another, may be the words of whatever it had read by then. Where a person has signed a prompt
 * since (`isSigned`), those words alone count, and come with the plan.
 */
export function learnOpening(
  values: ValueIndex,
  { chain, openedRecord, parentIds, prompt, purpose }: Opening,
  isSigned = false,
): void {
  const record = openedRecord ?? undefined;
  const [first] = chain;
  if (first !== undefined) {
    values.learn(first.purpose, 'delegation', record);
    values.learn(first.limits.arguments.flatMap(listValues), 'delegation', record);
  }
  if (parentIds.length > 0 || chain.length > 1 || isSigned) return;
  values.learn(purpose, 'prompt', record);
  if (prompt !== null) values.learn(prompt, 'prompt', record);
}

/** The values that a limit names; a bound or the beginning of a value is none. */
function listValues({ rule }: ArgumentConstraint): readonly JsonPrimitive[] {
  if ('equals' in rule) return [rule.equals];
  return 'oneOf' in rule ? rule.oneOf : [];
}
