import { isJsonObject, type JsonObject } from '@countersign/core';
import type { AnswerDraft } from './answer-draft.ts';
import { listObjects, readText } from './model-request.ts';

/** An event of the stream of a response, or a whole one. Hostile. */
export function noteResponses(draft: AnswerDraft, event: JsonObject): void {
  const whole = event.object === 'response' ? event : event.response;
  if (isJsonObject(whole)) noteWhole(draft, whole);
  else noteEvent(draft, event);
}

function noteEvent(draft: AnswerDraft, event: JsonObject): void {
  const type = readText(event.type);
  const key = String(event.output_index ?? 0);
  if (type === 'response.output_item.added' || type === 'response.output_item.done') {
    if (isJsonObject(event.item)) noteItem(draft, key, event.item, type.endsWith('done'));
  } else if (type === 'response.output_text.delta' || type === 'response.refusal.delta') {
    draft.addText(`${key} ${event.content_index ?? 0}`, event.delta);
  } else if (
    type === 'response.function_call_arguments.delta' ||
    type === 'response.custom_tool_call_input.delta'
  ) {
    draft.addArguments(key, event.delta);
  } else if (!type.startsWith('response.') && type !== 'keepalive') draft.misunderstand();
}

function noteWhole(draft: AnswerDraft, response: JsonObject): void {
  draft.setId(response.model);
  if (isJsonObject(response.usage)) draft.setUsage(response.usage.input_tokens, response.usage.output_tokens);
  const { status } = response;
  if (status !== 'in_progress' && status !== 'queued') draft.setFinish(status);
  for (const [index, item] of listObjects(response.output).entries())
    noteItem(draft, String(index), item, true);
}

function noteItem(draft: AnswerDraft, key: string, item: JsonObject, isDone: boolean): void {
  const { type } = item;
  if (type === 'function_call' || type === 'custom_tool_call') {
    if (isDone) draft.setCall(key, item.call_id, item.name, readText(item.arguments ?? item.input));
    else draft.openCall(key, item.call_id, item.name);
  } else if (type === 'message' && isDone) {
    for (const [index, part] of listObjects(item.content).entries())
      draft.setText(`${key} ${index}`, part.text ?? part.refusal);
  }
}
