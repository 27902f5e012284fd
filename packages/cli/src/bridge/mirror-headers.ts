import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

const unsafe = /[^\x20-\x7e]/;
const deepest = 16;

/** Headers that repeat a request's method and name (MCP 2026-07-28, Streamable HTTP, "Standard headers"). */
export function mirrorRequest(method: string, params: JsonObject): Record<string, string> {
  const name =
    method === 'resources/read' ? params.uri : method.startsWith('tasks/') ? params.taskId : params.name;
  const isNamed = /^(?:tools\/call|prompts\/get|resources\/read|tasks\/(?:get|update|cancel))$/.test(method);
  return {
    'mcp-method': method,
    ...(isNamed && typeof name === 'string' ? { 'mcp-name': encodeHeaderValue(name) } : {}),
  };
}

/** `Mcp-Param-*` headers that repeat the arguments which a tool's schema marks with `x-mcp-header` (SEP-2243). */
export function mirrorArguments(schema: JsonValue | undefined, given: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  collect(schema, given, headers, 0);
  return headers;
}

function collect(
  schema: JsonValue | undefined,
  given: JsonValue | undefined,
  headers: Record<string, string>,
  depth: number,
): void {
  if (depth > deepest || !isJsonObject(schema) || !isJsonObject(schema.properties)) return;
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!isJsonObject(property)) continue;
    const value = isJsonObject(given) && Object.hasOwn(given, name) ? given[name] : undefined;
    const header = property['x-mcp-header'];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (typeof header === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(header) && isPlain) {
      headers[`mcp-param-${header.toLowerCase()}`] = encodeHeaderValue(String(value));
    }
    collect(property, value, headers, depth + 1);
  }
}

/** Visible ASCII as it is, all else as `=?base64?…?=`; also what would be trimmed, or taken for that form. */
export function encodeHeaderValue(value: string): string {
  const isPlain =
    value.length > 0 &&
    !unsafe.test(value) &&
    value === value.trim() &&
    !(value.startsWith('=?base64?') && value.endsWith('?='));
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
