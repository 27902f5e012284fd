import {
  findAtPointer,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '@countersign/core';
import type { Inspected } from './stages.ts';

const mostThings = 200;
const largest = { bytes: 262_144, depth: 32, keys: 20_000 };
const longestText = 1_024;
const longestKey = 256;

/** Keeps in the task what a result says of the things that the upstream's settings name. The result is hostile. */
export function rememberResult({ target, tool, task, response, message }: Inspected): void {
  const kinds = target.settings.remember;
  if (kinds === undefined || tool === null || !isJsonObject(response?.result)) return;
  const said = readSaid(response.result);
  if (said === undefined) return;
  let left = mostThings;
  for (const [kind, { key, from }] of Object.entries(kinds)) {
    const pointer = Object.hasOwn(from, tool.name) ? from[tool.name] : undefined;
    if (pointer === undefined) continue;
    for (const value of findAtPointer(said, pointer)) {
      left -= 1;
      if (left < 0) return;
      const name = key.map((one) => readKey(value, one) ?? readKey(message.arguments, one));
      if (name.every((part) => part !== undefined))
        task.history.remembered.learn(target.name, kind, name.join(' '), value);
    }
  }
}

/** The structure of the result, or its only text: read as JSON where it is some, and short where it is none. */
function readSaid({ structuredContent, content }: JsonObject): JsonValue | undefined {
  if (structuredContent !== undefined && structuredContent !== null) return structuredContent;
  const [first, ...others] = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  if (!isJsonObject(first) || others.length > 0 || typeof first.text !== 'string') return undefined;
  const parsed = parseStrictJson(first.text, largest);
  if (parsed.ok) return parsed.value;
  return first.text.length <= longestText ? first.text : undefined;
}

function readKey(value: JsonValue, pointer: string): string | undefined {
  const [found, ...others] = findAtPointer(value, pointer);
  if (others.length > 0) return undefined;
  const text = typeof found === 'number' ? String(found) : found;
  return typeof text === 'string' && text.length <= longestKey ? text : undefined;
}
