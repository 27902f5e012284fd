import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { readBody } from '../mcp/index.ts';
import { invalid } from './question.ts';

const mostQuestionBytes = 512 * 1024;
const limits = { depth: 32, keys: 20_000 };

/** A JSON object with no key twice and nothing that two parsers could read differently. Throws `server.request_invalid`. */
export async function readJsonBody(
  request: IncomingMessage,
  mostBytes = mostQuestionBytes,
): Promise<JsonObject> {
  const { 'content-type': type = '' } = request.headers;
  if (!/^application\/json(?:\s*;|$)/i.test(type)) throw invalid('content type');
  const bytes = await readBody(request, mostBytes);
  const parsed = parseStrictJson(decode(bytes), limits);
  if (!parsed.ok) throw invalid(`body: ${parsed.code}`);
  if (!isJsonObject(parsed.value)) throw invalid('body: an object is needed');
  return parsed.value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('body: not UTF-8');
  }
}
