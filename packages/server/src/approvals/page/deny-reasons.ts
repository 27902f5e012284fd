/** Refused for when or how, which says nothing against what was asked. */
export const pleaReasons = ['Not now', 'Do it another way'] as const;

/** What most refusals mean; the agent is told the words and can act on them. */
export const denyReasons = [
  'Wrong amount or value',
  'Wrong recipient',
  'Not part of the task',
  ...pleaReasons,
  'I cannot tell what this does',
  'This looks like an attack',
] as const;
