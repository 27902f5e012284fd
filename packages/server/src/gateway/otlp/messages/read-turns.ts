import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import {
  listEmbedded,
  readCall,
  readCallId,
  readEmbedded,
  type ToldCall,
  type ToldMessage,
  writeText,
} from './told-message.ts';

/**
 * Messages as OpenTelemetry (`parts`), OpenAI (`content`, `tool_calls`) and the AI SDK (`content` of parts) write them, in a
 * list, one alone, or as the JSON text of either.
 */
export function readTurns(
  value: JsonValue | undefined,
  side: ToldMessage['side'],
  role: string,
): readonly ToldMessage[] {
  if (value === undefined || value === null || value === '') return [];
  const turns = listEmbedded(value);
  if (turns.length > 0) return turns.map((turn) => readTurn(turn, side, role));
  const text = readEmbedded(value);
  return [{ role, side, text: Array.isArray(text) ? text.map(writeText).join('\n') : writeText(text) }];
}

function readTurn(turn: JsonObject, side: ToldMessage['side'], role: string): ToldMessage {
  const said = typeof turn.role === 'string' ? turn.role.slice(0, 32) : role;
  const content = readEmbedded(turn.parts ?? turn.content ?? null);
  // A part alone, as in a list of system instructions.
  const parts = Array.isArray(content) ? content : turn.type === undefined ? [content] : [turn];
  const calls = [...parts.flatMap(readPartCall), ...listEmbedded(turn.tool_calls).map(readOwnCall)];
  const answered =
    readCallId(turn.tool_call_id ?? turn.id) ?? parts.map(readAnswered).find((id) => id !== undefined);
  const isAnswer = said === 'tool' || parts.some((part) => readAnswered(part) !== undefined);
  return {
    role: said,
    side,
    text: parts
      .map(readPartText)
      .filter((text) => text !== '')
      .join('\n'),
    ...(calls.length === 0 ? {} : { toolCalls: calls }),
    ...(isAnswer && answered !== undefined ? { toolCall: answered } : {}),
  };
}

function typeOf(part: JsonValue): string {
  return isJsonObject(part) && typeof part.type === 'string' ? part.type.replace('-', '_') : '';
}

function readPartText(part: JsonValue): string {
  if (!isJsonObject(part)) return writeText(part);
  const type = typeOf(part);
  if (type === 'tool_call') return '';
  if (type === 'tool_call_response' || type === 'tool_result')
    return writeText(part.response ?? part.result ?? part.output);
  const text = part.content ?? part.text;
  // Of pictures and files only what they are.
  if (text === undefined) return type === '' ? writeText(part) : `[${type.slice(0, 64)}]`;
  return writeText(text);
}

function readPartCall(part: JsonValue): readonly ToldCall[] {
  if (!isJsonObject(part) || typeOf(part) !== 'tool_call') return [];
  const id = part.id ?? part.toolCallId;
  return [readCall(id, part.name ?? part.toolName, part.arguments ?? part.input ?? part.args)];
}

/** OpenAI has a function inside, Traceloop and the AI SDK have not. */
function readOwnCall(call: JsonObject): ToldCall {
  const made = isJsonObject(call.function) ? call.function : call;
  return readCall(
    call.id ?? call.toolCallId,
    made.name ?? made.toolName,
    made.arguments ?? made.args ?? made.input,
  );
}

function readAnswered(part: JsonValue): string | undefined {
  const type = typeOf(part);
  if (!isJsonObject(part) || (type !== 'tool_call_response' && type !== 'tool_result')) return undefined;
  return readCallId(part.id ?? part.toolCallId);
}
