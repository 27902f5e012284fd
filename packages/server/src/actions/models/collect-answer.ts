import { isJsonObject, type JsonValue, parseStrictJson } from '@countersign/core';
import { AnswerDraft, type ModelAnswer } from './answer-draft.ts';
import { readEventData } from './event-data.ts';
import { noteChat } from './note-chat.ts';
import { noteMessages } from './note-messages.ts';
import { noteResponses } from './note-responses.ts';
import type { ModelShape } from './read-model-call.ts';

const longestEvent = 1_048_576;
const limits = { depth: 64, keys: 100_000 };
const notes = { chat: noteChat, responses: noteResponses, messages: noteMessages };

/** Reads an answer beside its way to the agent. Never throws, and holds nothing up. */
export interface AnswerCollector {
  push(chunk: Uint8Array): void;
  /** Nothing more comes. Undefined when nothing came that was meant to be an answer. */
  end(): ModelAnswer | undefined;
}

/** `type`: the media type of the answer. */
export function collectAnswer(shape: ModelShape, type: string): AnswerCollector {
  const draft = new AnswerDraft();
  const events = type === 'text/event-stream' ? readEventData(longestEvent) : undefined;
  const note = (texts: readonly string[]): void => {
    for (const text of texts) noteText(draft, shape, text);
  };
  return {
    push(chunk) {
      if (events === undefined) draft.misunderstand();
      else note(events.push(chunk));
    },
    end() {
      if (events !== undefined) note(events.end());
      if (events?.isLost === true) draft.misunderstand();
      return draft.hasCome ? draft.finish() : undefined;
    },
  };
}

/** An answer that came whole: as JSON, or as the text of a stream that was read before any of it went on. */
export function readWholeAnswer(shape: ModelShape, value: JsonValue): ModelAnswer {
  if (typeof value === 'string') {
    const collector = collectAnswer(shape, 'text/event-stream');
    collector.push(Buffer.from(value));
    return collector.end() ?? new AnswerDraft().finish();
  }
  const draft = new AnswerDraft();
  if (isJsonObject(value)) notes[shape](draft, value);
  else draft.misunderstand();
  return draft.finish();
}

function noteText(draft: AnswerDraft, shape: ModelShape, text: string): void {
  if (text === '[DONE]') return;
  const parsed = parseStrictJson(text, limits);
  if (parsed.ok && isJsonObject(parsed.value)) notes[shape](draft, parsed.value);
  else draft.misunderstand();
}
