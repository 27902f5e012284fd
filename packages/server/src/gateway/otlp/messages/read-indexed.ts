import type { JsonObject, JsonValue } from '@countersign/core';
import type { Attributes } from '../told-piece.ts';

const mostItems = 1_024;
const indexed = /^\.(\d{1,4})\.(.+)$/;

/**
 * Lists that are spread over attributes, such as `gen_ai.prompt.0.content` (Traceloop) or
 * `llm.input_messages.0.message.role` (OpenInference), put together again: each item by the names after its number.
 */
export function readIndexed(attributes: Attributes, head: string): readonly Attributes[] {
  const items = new Map<number, Map<string, JsonValue>>();
  for (const [name, value] of attributes) {
    if (!name.startsWith(head)) continue;
    const [, number = '', rest = ''] = indexed.exec(name.slice(head.length)) ?? [];
    if (number === '') continue;
    const index = Number(number);
    const item = items.get(index) ?? new Map<string, JsonValue>();
    if (items.size >= mostItems && !items.has(index)) continue;
    items.set(index, item.set(rest.replace(/^(?:message|document|tool_call|message_content)\./, ''), value));
  }
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

/** The same as messages that `readTurns` reads. */
export function listIndexedTurns(attributes: Attributes, head: string): readonly JsonObject[] {
  return readIndexed(attributes, head).map((item) => {
    const contents = readIndexed(item, 'contents').map(
      (part) => part.get('text') ?? `[${String(part.get('type'))}]`,
    );
    const calls = readIndexed(item, 'tool_calls').map((call) => ({
      id: call.get('id') ?? null,
      name: call.get('function.name') ?? call.get('name') ?? null,
      arguments: call.get('function.arguments') ?? call.get('arguments') ?? null,
    }));
    return {
      ...copy(item, 'role'),
      content: item.get('content') ?? contents,
      ...copy(item, 'tool_call_id'),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
  });
}

function copy(item: Attributes, name: string): JsonObject {
  const value = item.get(name);
  return value === undefined ? {} : { [name]: value };
}
