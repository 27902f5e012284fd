import { isJsonObject, type JsonObject } from '@countersign/core';
import type { AnswerDraft } from './answer-draft.ts';
import { listObjects, readText } from './model-request.ts';
import { readCallee } from './read-chat.ts';

/** A chunk of a chat completion, or a whole one. Hostile. */
export function noteChat(draft: AnswerDraft, event: JsonObject): void {
  const { choices, data } = event;
  draft.setId(event.model);
  if (isJsonObject(event.usage)) draft.setUsage(event.usage.prompt_tokens, event.usage.completion_tokens);
  if (!Array.isArray(choices)) {
    // Embeddings and lists have none.
    if (!Array.isArray(data)) draft.misunderstand();
    return;
  }
  for (const choice of listObjects(choices)) {
    draft.setFinish(choice.finish_reason);
    const said = isJsonObject(choice.delta) ? choice.delta : choice.message;
    if (isJsonObject(said)) noteSaid(draft, said, String(choice.index ?? 0));
  }
}

function noteSaid(draft: AnswerDraft, said: JsonObject, choice: string): void {
  draft.addText(choice, said.content ?? said.refusal);
  for (const [position, call] of listObjects(said.tool_calls).entries()) {
    const key = `${choice} ${typeof call.index === 'number' ? call.index : position}`;
    const { name, given } = readCallee(call);
    draft.openCall(key, call.id, name);
    draft.addArguments(key, readText(given));
  }
}
