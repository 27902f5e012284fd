import { type JsonObject, maskSecret } from '@countersign/core';

/** What a text was and what it is to be, as an update names both. */
export interface Change {
  readonly beforeName: string;
  readonly afterName: string;
  readonly before: string;
  readonly after: string;
}

const pairs: readonly (readonly [string, string])[] = [
  ['old_string', 'new_string'],
  ['old_str', 'new_str'],
  ['oldText', 'newText'],
  ['old_text', 'new_text'],
  ['old_value', 'new_value'],
  ['oldValue', 'newValue'],
  ['old_content', 'new_content'],
  ['before', 'after'],
  ['old', 'new'],
];

/** Undefined unless exactly two members are such a pair of texts, neither of them a secret. */
export function findChange(value: JsonObject): Change | undefined {
  for (const [beforeName, afterName] of pairs) {
    if (!Object.hasOwn(value, beforeName) || !Object.hasOwn(value, afterName)) continue;
    const [before, after] = [value[beforeName], value[afterName]];
    if (typeof before !== 'string' || typeof after !== 'string') return undefined;
    const isSecret = maskSecret(beforeName, before) ?? maskSecret(afterName, after);
    return isSecret === undefined ? { beforeName, afterName, before, after } : undefined;
  }
  return undefined;
}
