import type { JsonObject, JsonValue } from '@countersign/core';
import { digestValue, listObjects, readText } from './model-request.ts';

export interface ReadContent {
  readonly text: string;
  /** Digests of the parts that are no text. */
  readonly other: readonly string[];
}

const textTypes: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);

/** What a message holds, a text or parts of it, in the words of either API. */
export function readContent(value: JsonValue | undefined): ReadContent {
  if (typeof value === 'string') return { text: value, other: [] };
  const parts = listObjects(value);
  const texts = parts.filter(isText).map((part) => readText(part.text ?? part.refusal));
  const others = parts.filter((part) => !isText(part));
  return {
    text: texts.join('\n'),
    other: others.map((part) => digestValue(part)),
  };
}

export function isText({ type }: JsonObject): boolean {
  return textTypes.has(readText(type));
}
