/**
 * What records are kept and erased by. The order is part of what is stored: a class is only ever added at the end.
 * `content` is what was said, `decision` who decided what, `identity` whom it concerned, `operation` all else.
 */
export const retentionClasses = ['content', 'decision', 'identity', 'operation'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

const content: ReadonlySet<string> = new Set([
  'action.intent',
  'action.outcome',
  'action.refused',
  'action.reported',
  'task.prompt_given',
  'task.prompt_told',
  'task.span_told',
]);
const decision = /^(?:action\.(?:decision|release)$|(?:approval|policy|delegation|task)\.)/;

/**
 * The class that records of this kind belong to, for ever: its keys open what was written, and where they are gone it was
 * erased. A kind that is to be kept otherwise is another kind.
 */
export function retentionClassOf(kind: string): RetentionClass {
  if (content.has(kind)) return 'content';
  if (decision.test(kind)) return 'decision';
  return kind.startsWith('person.') ? 'identity' : 'operation';
}
