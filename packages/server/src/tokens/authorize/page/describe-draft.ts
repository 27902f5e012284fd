import { describe, type Limits } from '@countersign/core';

/** What operations that name no tool are to a person; each stands for one of its upstream. */
const operationWords = new Map([
  ['@read_resource', 'read resources'],
  ['@get_prompt', 'read prompts'],
  ['@complete', 'ask for completions'],
  ['@subscribe', 'be told of changes'],
  ['@follow_up', 'follow up what it began'],
]);

/** The limits as sentences, all of them: what has no words of its own stands as it is. */
export function describeDraft(limits: Limits): readonly string[] {
  const tools: string[] = [];
  const operations = new Set<string>();
  for (const action of limits.actions) {
    const words = operationWords.get(action.slice(action.indexOf('/') + 1));
    if (words === undefined) tools.push(action);
    else operations.add(words);
  }
  const places = limits.upstreams === '*' ? 'every upstream' : limits.upstreams.join(', ');
  return [
    tools.length === 0 ? 'May use no tool.' : `May use ${countTools(tools.length)}: ${tools.join(', ')}.`,
    ...(operations.size === 0 ? [] : [`May ${[...operations].join(', ')}, in ${places}.`]),
    // The first sentence is of the actions, said above in other words.
    ...describe(limits).slice(1),
  ];
}

function countTools(count: number): string {
  return count === 1 ? '1 tool' : `${count} tools`;
}
