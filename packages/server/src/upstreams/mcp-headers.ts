import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type ParameterHeader, readParameter } from './parameter-headers.ts';

const unsafe = /[^\x20-\x7e]/;

/** Adds the headers that repeat a message's method, name and annotated arguments (MCP 2026-07-28, Streamable HTTP). */
export function addMcpHeaders(
  headers: string[],
  message: JsonObject,
  parametersOf: (tool: string) => readonly ParameterHeader[],
): void {
  const { method } = message;
  if (typeof method !== 'string') return;
  headers.push('mcp-method', encodeHeaderValue(method));
  const params = isJsonObject(message.params) ? message.params : {};
  const name = findName(method, params);
  if (typeof name !== 'string') return;
  headers.push('mcp-name', encodeHeaderValue(name));
  if (method !== 'tools/call' || !isJsonObject(params.arguments)) return;
  for (const { path, header } of parametersOf(name)) {
    const value = readParameter(params.arguments, path);
    if (value !== undefined) headers.push(`mcp-param-${header}`, encodeHeaderValue(value));
  }
}

function findName(method: string, params: JsonObject): JsonValue | undefined {
  if (method === 'tools/call' || method === 'prompts/get') return params.name;
  if (method === 'resources/read') return params.uri;
  return method.startsWith('tasks/') ? params.taskId : undefined;
}

/** Visible ASCII as it is, all else as `=?base64?…?=`; also what would be trimmed, or taken for that form. */
export function encodeHeaderValue(value: string): string {
  const plain =
    value.length > 0 &&
    !unsafe.test(value) &&
    value === value.trim() &&
    !(value.startsWith('=?base64?') && value.endsWith('?='));
  return plain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
