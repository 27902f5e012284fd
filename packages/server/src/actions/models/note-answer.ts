import { type JsonObject, replaceSecrets } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { LeasedTask } from '../../tasks/index.ts';
import { listAnswerEntries, type ModelAnswer } from './answer-draft.ts';
import { digestEntry, leftOut } from './model-request.ts';

/** Longer texts are recorded by their digest and beginning, as other results are. */
const recordedCharacters = 8_192;

/** Before the agent has all of it: what it does next may be what the model asks for. */
export function noteAnswer({ models }: LeasedTask, answer: ModelAnswer, record: string): void {
  models.noteAnswer();
  for (const entry of listAnswerEntries(answer)) {
    // Of a longer one the record has a part alone, so it is no place to read it.
    if (entry.text.length <= recordedCharacters) models.noteMessage(digestEntry(entry), record);
  }
  for (const call of answer.toolCalls) models.predict({ ...call, record });
}

export function describeAnswer({ text: whole, toolCalls, usage, ...answer }: ModelAnswer): JsonObject {
  const text = replaceSecrets(whole, leftOut);
  return {
    finish: answer.finish,
    id: answer.id,
    text: text.slice(0, recordedCharacters).toWellFormed(),
    ...(text.length > recordedCharacters ? { textCharacters: whole.length, textDigest: sha256(whole) } : {}),
    toolCalls: toolCalls.map((call) => ({ ...call })),
    understood: answer.understood,
    usage: usage === null ? null : { ...usage },
  };
}
