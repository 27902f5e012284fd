import type { JsonObject } from '@countersign/core';
import { findReach } from './find-reach.ts';
import { listConsumed, listToolNames } from './list-hosted.ts';
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
import { readContent } from './read-content.ts';

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
  const spoken = [
    ...(typeof body.input === 'string' || Array.isArray(body.input) ? ['input'] : []),
    ...(typeof body.instructions === 'string' ? ['instructions'] : []),
  ];
  return {
    asked: readName(body.model),
    system: system.length === 0 ? null : system.join('\n'),
    entries,
    tools: listToolNames(body),
    ...findReach(body),
    consumed: listConsumed(body, spoken),
  };
}

function sayItem(text: string): JsonObject {
  return { role: 'user', content: text };
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
