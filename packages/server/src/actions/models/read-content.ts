import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { digestValue, listObjects, readText } from './model-request.ts';

export interface ReadContent {
  readonly text: string;
  /** Digests of the parts that are no text. */
  readonly other: readonly string[];
  /** Whether the provider would fetch a part from somewhere. */
  readonly isRemote: boolean;
}

const textTypes: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);

/** What a message holds, a text or parts of it, in the words of either API. */
export function readContent(value: JsonValue | undefined): ReadContent {
  if (typeof value === 'string') return { text: value, other: [], isRemote: false };
  const parts = listObjects(value);
  const texts = parts.filter(isText).map((part) => readText(part.text ?? part.refusal));
  const others = parts.filter((part) => !isText(part));
  return {
    text: texts.join('\n'),
    other: others.map((part) => digestValue(part)),
    isRemote: others.some(isRemote),
  };
}

function isText({ type }: JsonObject): boolean {
  return textTypes.has(readText(type));
}

/** Whoever fetches an address tells its owner whatever stands in it. */
export function isRemote(part: JsonObject): boolean {
  const { image_url: image, file_url: file, source } = part;
  const address = isJsonObject(image) ? image.url : image;
  if (isAddress(address) || isAddress(file)) return true;
  if (!isJsonObject(source)) return false;
  return source.type === 'url' || listObjects(source.content).some(isRemote);
}

function isAddress(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && !value.startsWith('data:');
}
