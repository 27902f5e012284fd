import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { findText } from '../conventions/find-operation.ts';
import {
  aiSdk,
  database,
  genAi,
  genAiEvents,
  type Operation,
  openInference,
  traceloop,
} from '../conventions/names.ts';
import type { Attributes, ToldPiece } from '../told-piece.ts';
import { listIndexedTurns } from './read-indexed.ts';
import { readTurns } from './read-turns.ts';
import { readCallId, type ToldMessage, writeText } from './told-message.ts';

/** All that was said, by whichever convention tells it, in its order: what went in before what came out. */
export function readMessages(piece: ToldPiece, operation: Operation): readonly ToldMessage[] {
  if (piece.signal === 'log' && piece.name !== genAiEvents.details) return readEvent(piece);
  const { attributes, events } = piece;
  const told = [
    ...readStructured(attributes),
    // Span events hold what the span itself does not.
    ...events.flatMap((event) => readSpanEvent(event)),
    ...(piece.signal === 'log' && isJsonObject(piece.body) ? readStructured(toAttributes(piece.body)) : []),
  ];
  const messages = told.length > 0 ? told : readPlain(attributes, operation);
  return [
    ...messages.filter(({ side }) => side === 'input'),
    ...messages.filter(({ side }) => side === 'output'),
  ];
}

function readStructured(attributes: Attributes): readonly ToldMessage[] {
  const given = (name: string) => attributes.get(name);
  const callId = readCallId(
    findText(attributes, genAi.toolCallId, aiSdk.toolCallId, openInference.toolCallId),
  );
  const ofTool = (value: JsonValue | undefined, side: ToldMessage['side']): readonly ToldMessage[] => {
    if (value === undefined) return [];
    return [
      { role: 'tool', side, text: writeText(value), ...(callId === undefined ? {} : { toolCall: callId }) },
    ];
  };
  return [
    ...readTurns(given(genAi.systemInstructions), 'input', 'system'),
    ...readTurns(given(genAi.inputMessages), 'input', 'user'),
    ...listIndexedTurns(attributes, genAi.prompt).flatMap((turn) => readTurns(turn, 'input', 'user')),
    ...listIndexedTurns(attributes, openInference.inputMessages).flatMap((turn) =>
      readTurns(turn, 'input', 'user'),
    ),
    ...readTurns(given(aiSdk.messages), 'input', 'user'),
    ...readTurns(given(genAi.outputMessages), 'output', 'assistant'),
    ...listIndexedTurns(attributes, genAi.completion).flatMap((turn) =>
      readTurns(turn, 'output', 'assistant'),
    ),
    ...listIndexedTurns(attributes, openInference.outputMessages).flatMap((turn) =>
      readTurns(turn, 'output', 'assistant'),
    ),
    ...readAiSdkAnswer(attributes),
    ...ofTool(given(genAi.toolArguments) ?? given(aiSdk.toolArguments), 'input'),
    ...ofTool(given(genAi.toolResult) ?? given(aiSdk.toolResult), 'output'),
  ];
}

function readAiSdkAnswer(attributes: Attributes): readonly ToldMessage[] {
  const text = attributes.get(aiSdk.text);
  const calls = attributes.get(aiSdk.toolCalls);
  if (text === undefined && calls === undefined) return [];
  return readTurns(
    { content: text ?? '', ...(calls === undefined ? {} : { tool_calls: calls }) },
    'output',
    'assistant',
  );
}

/** What went in and out as one text, where nothing says more. */
function readPlain(attributes: Attributes, operation: Operation): readonly ToldMessage[] {
  const role = operation === 'execute_tool' || operation === 'mcp' ? 'tool' : null;
  const input = findText(
    attributes,
    ...[genAi.query, genAi.prompt, openInference.input, traceloop.input, aiSdk.prompt, ...database.queries],
  );
  const output = findText(attributes, genAi.completion, openInference.output, traceloop.output);
  const callId = readCallId(findText(attributes, genAi.toolCallId, openInference.toolCallId));
  const call = role === null || callId === undefined ? {} : { toolCall: callId };
  return [
    ...(input === undefined ? [] : [{ role: role ?? 'user', side: 'input' as const, text: input, ...call }]),
    ...(output === undefined
      ? []
      : [{ role: role ?? 'assistant', side: 'output' as const, text: output, ...call }]),
  ];
}

function readSpanEvent({ name, attributes }: ToldPiece['events'][number]): readonly ToldMessage[] {
  if (name === genAiEvents.prompt) return readTurns(attributes.get(genAi.prompt), 'input', 'user');
  if (name === genAiEvents.completion)
    return readTurns(attributes.get(genAi.completion), 'output', 'assistant');
  if (name === genAiEvents.details) return readStructured(attributes);
  return readSaid(name, Object.fromEntries(attributes));
}

function readEvent({ name, body, attributes }: ToldPiece): readonly ToldMessage[] {
  return readSaid(name, isJsonObject(body) ? body : { content: body, ...Object.fromEntries(attributes) });
}

/** One message an event (until 1.37). */
function readSaid(name: string, said: JsonObject): readonly ToldMessage[] {
  if (name === genAiEvents.choice) return readTurns(said.message ?? said, 'output', 'assistant');
  const role = genAiEvents.messages.get(name);
  return role === undefined ? [] : readTurns({ role, ...said }, 'input', role);
}

function toAttributes(body: JsonObject): Attributes {
  return new Map(Object.entries(body));
}
