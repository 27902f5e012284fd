import { isJsonObject, type JsonValue, parseStrictJson } from '@countersign/core';

const LONGEST = 65_536;
const DEEPEST = 32;
const MOST_KEYS = 2_000;

/**
 * The object or list that a text is the JSON of, if writing it again gives the very same text: then showing it as a tree
 * leaves nothing out, no member that stands twice and no number in another form.
 */
export function readJsonText(text: string): JsonValue | undefined {
  if (text.length > LONGEST || !/^[[{]/.test(text)) return undefined;
  const parsed = parseStrictJson(text, { depth: DEEPEST, keys: MOST_KEYS });
  if (!parsed.ok) return undefined;
  const { value } = parsed;
  if (!Array.isArray(value) && !isJsonObject(value)) return undefined;
  const isWhole = [undefined, 2, 4, '\t'].some((indent) => JSON.stringify(value, null, indent) === text);
  return isWhole ? value : undefined;
}
