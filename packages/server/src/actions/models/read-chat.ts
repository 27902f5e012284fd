import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { findReach } from './find-reach.ts';
import { listToolNames } from './list-hosted.ts';
import {
  listObjects,
  type ModelEntry,
  type ModelRequest,
  makeCall,
  readName,
  readText,
  sayEntry,
} from './model-request.ts';
import { readContent } from './read-content.ts';

/** A request of OpenAI's chat completions, or of its embeddings. */
export function readChat(body: JsonObject): ModelRequest {
  const system: string[] = [];
  const entries: ModelEntry[] = [];
  for (const message of listObjects(body.messages)) {
    const content = readContent(message.content);
    if (message.role === 'system' || message.role === 'developer') system.push(content.text);
    else entries.push(...readMessage(message, content));
  }
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  entries.push(
    ...inputs.flatMap((one) =>
      typeof one === 'string' && body.messages === undefined ? [sayEntry('user', one)] : [],
    ),
  );
  return {
    asked: readName(body.model),
    system: system.length === 0 ? null : system.join('\n'),
    entries,
    tools: listToolNames(body),
    ...findReach(body),
  };
}

function readMessage(
  message: JsonObject,
  { text, other }: ReturnType<typeof readContent>,
): readonly ModelEntry[] {
  if (message.role === 'tool' || message.role === 'function')
    return [sayEntry('tool', text, { other, answers: readName(message.tool_call_id ?? message.name) })];
  if (message.role !== 'assistant') return [sayEntry('user', text, { other })];
  const calls = listObjects(message.tool_calls).map((call) => {
    const { name, given } = readCallee(call);
    return sayEntry('assistant', '', { call: makeCall(call.id, name, readText(given)) });
  });
  const isSilent = text === '' && other.length === 0;
  return isSilent ? calls : [sayEntry('assistant', text, { other }), ...calls];
}

/** What is called and with what: of a function, or of a tool that takes a text. */
export function readCallee(call: JsonObject): { readonly name?: JsonValue; readonly given?: JsonValue } {
  const { function: called, custom } = call;
  if (isJsonObject(called)) return { name: called.name ?? '', given: called.arguments ?? '' };
  return isJsonObject(custom) ? { name: custom.name ?? '', given: custom.input ?? '' } : {};
}
