import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { findReach } from './find-reach.ts';
import { listConsumed, listToolNames } from './list-hosted.ts';
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
  const inputs = body.messages === undefined ? listTexts(body.input) : [];
  entries.push(...inputs.map((text) => sayEntry('user', text)));
  const spoken = [
    ...(Array.isArray(body.messages) ? ['messages'] : []),
    ...(inputs.length === 0 ? [] : ['input']),
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

/** None where not all are texts: numbers of words, which say the same, are no text to read. */
function listTexts(input: JsonValue | undefined): readonly string[] {
  const given: readonly (JsonValue | undefined)[] = Array.isArray(input) ? input : [input];
  const texts = given.filter((one) => typeof one === 'string');
  return texts.length === given.length ? texts : [];
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
