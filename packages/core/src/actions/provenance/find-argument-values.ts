import type { JsonPrimitive, JsonValue } from '../json-value.ts';

const MOST_VALUES = 256;
const DEEPEST = 32;

export interface ArgumentValues {
  readonly values: readonly JsonPrimitive[];
  /** False when there is more than was looked at: what is in the rest is unknown. */
  readonly isComplete: boolean;
}

/**
 * Every primitive at a role's pointer and below it. Only own members count. Looks at 256 values and 32 levels; the
 * arguments are what an agent sent.
 */
export function findArgumentValues(args: JsonValue, pointer: string): ArgumentValues {
  const path = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found: JsonPrimitive[] = [];
  const isComplete = walk(args, path, 0, found);
  return { values: found, isComplete };
}

function walk(value: JsonValue, path: readonly string[], depth: number, found: JsonPrimitive[]): boolean {
  const name = path[depth];
  if (typeof value !== 'object' || value === null) {
    if (name !== undefined) return true;
    if (found.length >= MOST_VALUES) return false;
    found.push(value);
    return true;
  }
  if (depth > DEEPEST) return false;
  if (name !== undefined && name !== '*') {
    if (!Object.hasOwn(value, name) || (Array.isArray(value) && name === 'length')) return true;
    return walk((value as Record<string, JsonValue>)[name] as JsonValue, path, depth + 1, found);
  }
  for (const member of Object.values(value)) if (!walk(member, path, depth + 1, found)) return false;
  return true;
}
