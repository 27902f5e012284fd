import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { AnswerDraft } from './answer-draft.ts';
import { listObjects, readText } from './model-request.ts';

const quiet: ReadonlySet<string> = new Set(['content_block_stop', 'message_stop', 'ping']);
const silentDeltas: ReadonlySet<string> = new Set(['citations_delta', 'signature_delta', 'thinking_delta']);

/** An event of the stream of a message, or a whole one. Hostile. */
export function noteMessages(draft: AnswerDraft, event: JsonObject): void {
  const type = readText(event.type);
  const key = String(event.index ?? 0);
  if (type === 'message') noteWhole(draft, event);
  else if (type === 'message_start' && isJsonObject(event.message)) noteWhole(draft, event.message);
  else if (type === 'content_block_start' && isJsonObject(event.content_block))
    noteBlock(draft, key, event.content_block, false);
  else if (type === 'content_block_delta' && isJsonObject(event.delta)) noteDelta(draft, key, event.delta);
  else if (type === 'message_delta') {
    noteUsage(draft, event.usage);
    if (isJsonObject(event.delta)) draft.setFinish(event.delta.stop_reason);
  } else if (typeof event.input_tokens === 'number') draft.setUsage(event.input_tokens, undefined);
  else if (!quiet.has(type) && !Array.isArray(event.data)) draft.misunderstand();
}

function noteWhole(draft: AnswerDraft, message: JsonObject): void {
  draft.setId(message.model);
  draft.setFinish(message.stop_reason);
  noteUsage(draft, message.usage);
  for (const [index, block] of listObjects(message.content).entries())
    noteBlock(draft, String(index), block, true);
}

function noteBlock(draft: AnswerDraft, key: string, block: JsonObject, isWhole: boolean): void {
  if (block.type === 'text') draft.addText(key, block.text);
  if (block.type !== 'tool_use') return;
  draft.openCall(key, block.id, block.name);
  // Of a stream it comes in pieces, and stands empty here.
  if (isWhole) draft.addArguments(key, canonicalJson(block.input ?? {}));
}

function noteDelta(draft: AnswerDraft, key: string, delta: JsonObject): void {
  const type = readText(delta.type);
  if (type === 'text_delta') draft.addText(key, delta.text);
  else if (type === 'input_json_delta') draft.addArguments(key, delta.partial_json);
  else if (!silentDeltas.has(type)) draft.misunderstand();
}

function noteUsage(draft: AnswerDraft, usage: JsonValue | undefined): void {
  if (isJsonObject(usage)) draft.setUsage(usage.input_tokens, usage.output_tokens);
}
