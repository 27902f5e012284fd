import type { JsonValue } from '../../../actions/json-value.ts';
import { parseStrictJson } from '../../../actions/strict-json.ts';
import { DEEPEST, MOST_MEMBERS, TextFlaw } from './flaw.ts';
import { readPython } from './read-python.ts';
import { readYaml } from './read-yaml.ts';

/** The structure of a text. */
export interface StructuredText {
  readonly value: JsonValue;
  /** Nothing quotes what it holds: a value may have been written to look like the members behind it. */
  readonly isLoose: boolean;
}

const LONGEST = 1_048_576;
const BRACKETED = /^\s*[[{]/;

/**
 * Reads hostile text that holds JSON, what Python prints, or lists and mappings of YAML; undefined when it is none of
 * them. A text within it stays a text, whatever it looks like.
 */
export function readText(text: string, isSerialised: boolean): StructuredText | undefined {
  if (text.length > LONGEST) return undefined;
  if (BRACKETED.test(text)) {
    const parsed = parseStrictJson(text, { depth: DEEPEST, keys: MOST_MEMBERS });
    if (parsed.ok) return { value: parsed.value, isLoose: false };
    const value = attempt(() => readPython(text));
    return value === undefined ? undefined : { value, isLoose: false };
  }
  const value = attempt(() => readYaml(text, { isStrict: isSerialised }));
  return value === undefined ? undefined : { value, isLoose: !isSerialised };
}

function attempt(read: () => JsonValue): JsonValue | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof TextFlaw) return undefined;
    throw thrown;
  }
}
