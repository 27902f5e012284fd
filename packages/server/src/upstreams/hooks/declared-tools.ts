import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { type Discovery, sortOut } from '../discover-tools.ts';

const mostBytes = 1024 * 1024;
const mostTools = 256;
const limits = { depth: 64, keys: 50_000 };

/**
 * The tools that a program has of its own, as MCP writes definitions, in a JSON array: hostile text, for the program or a
 * person wrote it. Throws `upstream.document_invalid`.
 */
export function readDeclaredTools(upstream: string, text: string): Discovery {
  if (Buffer.byteLength(text) > mostBytes) throw refuse('it is too large');
  const parsed = parseStrictJson(text, limits);
  if (!parsed.ok) throw refuse(`it cannot be read: ${parsed.code}`);
  if (!Array.isArray(parsed.value)) throw refuse('it is no list of tools');
  const tools: readonly unknown[] = parsed.value;
  if (tools.length === 0 || tools.length > mostTools)
    throw refuse(`it has no tools, or more than ${mostTools}`);
  if (!tools.every(isDefinition)) throw refuse('a tool has no name or no inputSchema');
  if (new Set(tools.map(({ name }) => name)).size < tools.length) throw refuse('two tools have one name');
  return sortOut(upstream, tools);
}

function isDefinition(tool: unknown): tool is JsonObject {
  const given = tool as JsonObject;
  return isJsonObject(given) && typeof given.name === 'string' && isJsonObject(given.inputSchema);
}

function refuse(detail: string): AppError {
  return new AppError('upstream.document_invalid', { detail });
}
