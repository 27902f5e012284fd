import { isJsonObject, type JsonValue } from './json-value.ts';

const DEEPEST = 64;

/**
 * How many rows a value brings: the elements of its outermost lists, added up; 1 when it has no list. Text counts as what
 * it says in JSON, or else by its lines that are not empty, so that no other spelling of a table is free. Infinite for
 * what nests too deeply to be looked through.
 */
export function countRows(value: JsonValue): number {
  if (typeof value === 'string') return countTextRows(value);
  return countElements(value) ?? 1;
}

/** The rows of an MCP tool's result: of its structured content, or else of all its content blocks. */
export function countResultRows(result: JsonValue): number {
  if (!isJsonObject(result)) return countRows(result);
  const { structuredContent, content } = result;
  const structured = structuredContent === undefined ? 0 : countRows(structuredContent);
  if (!Array.isArray(content)) return structuredContent === undefined ? countRows(result) : structured;
  const shown = content.reduce<number>((sum, block) => {
    return sum + (isJsonObject(block) && typeof block.text === 'string' ? countTextRows(block.text) : 1);
  }, 0);
  // The text says the structured content once more, for older clients; a longer one says more than it.
  return Math.max(structured, shown);
}

function countElements(value: JsonValue, depth = 0): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (!isJsonObject(value)) return undefined;
  // What nests so deeply hides something: no limit has room for it.
  if (depth > DEEPEST) return Number.POSITIVE_INFINITY;
  const counts = Object.values(value).flatMap((member) => countElements(member, depth + 1) ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

function countTextRows(text: string): number {
  const value = parseContainer(text);
  return value === undefined
    ? text.split('\n').filter((line) => line.trim() !== '').length
    : (countElements(value) ?? 1);
}

function parseContainer(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
