import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { listHosted, listToolNames } from './list-hosted.ts';
import {
  digestValue,
  listObjects,
  type ModelEntry,
  type ModelRequest,
  makeCall,
  readName,
  readText,
  sayEntry,
} from './model-request.ts';
import { isRemote, readContent } from './read-content.ts';

/** Their content lies at the provider. */
const elsewhere = ['conversation', 'previous_response_id', 'prompt'] as const;

/** A request of OpenAI's responses. */
export function readResponses(body: JsonObject): ModelRequest {
  const instructions = readText(body.instructions);
  const system = instructions === '' ? [] : [instructions];
  const entries: ModelEntry[] = [];
  const items = typeof body.input === 'string' ? [sayItem(body.input)] : listObjects(body.input);
  for (const item of items) {
    const { role } = item;
    if (role === 'system' || role === 'developer') system.push(readContent(item.content).text);
    else entries.push(readItem(item));
  }
  const reaches = items.some((item) => isRemote(item) || readContent(item.content ?? item.output).isRemote);
  const refers = items.some(({ type }) => type === 'item_reference') ? ['item_reference'] : [];
  return {
    asked: readName(body.model),
    system: system.length === 0 ? null : system.join('\n'),
    entries,
    tools: listToolNames(body),
    hosted: [...listHosted(body), ...(reaches ? ['url'] : [])],
    unseen: [...elsewhere.filter((name) => isGiven(body[name])), ...refers],
  };
}

function sayItem(text: string): JsonObject {
  return { role: 'user', content: text };
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && (typeof value === 'string' || isJsonObject(value));
}

function readItem(item: JsonObject): ModelEntry {
  const type = readText(item.type);
  if (type === 'function_call' || type === 'custom_tool_call')
    return sayEntry('assistant', '', {
      call: makeCall(item.call_id, item.name, readText(item.arguments ?? item.input)),
    });
  if (type === 'function_call_output' || type === 'custom_tool_call_output') {
    const { text, other } = readContent(item.output);
    return sayEntry('tool', text, { other, answers: readName(item.call_id) });
  }
  const isMessage = type === '' || type === 'message';
  if (!isMessage) return sayEntry('assistant', '', { other: [digestValue(item)] });
  const { text, other } = readContent(item.content);
  return sayEntry(item.role === 'assistant' ? 'assistant' : 'user', text, { other });
}
