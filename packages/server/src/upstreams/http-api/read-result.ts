import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { readBounded } from '../../outbound/read-bounded.ts';
import { isJsonType } from './describe-body.ts';

const limits = { depth: 64, keys: 200_000 };
const readable =
  /^(?:text\/|application\/(?:xml|yaml|x-yaml|x-ndjson|jsonl|javascript|x-www-form-urlencoded|[a-z0-9.-]+\+xml)$)/;

/** Reads a body whole, as the result of a tool. Throws `upstream.result_too_large`. */
export async function readResult(
  body: AsyncIterable<Buffer>,
  { type, most }: { readonly type: string; readonly most: number },
): Promise<{ readonly result: JsonObject; readonly body: 'json' | 'text' | 'none' }> {
  const bytes = await readWhole(body, most);
  if (bytes.length === 0) return { result: { content: [] }, body: 'none' };
  if (!isUtf8(bytes) && isJsonType(type))
    throw new AppError('upstream.lied', { detail: 'JSON that is not UTF-8' });
  if (!isUtf8(bytes)) return { result: { content: [describeBytes(bytes, type)] }, body: 'text' };
  const text = bytes.toString('utf8');
  if (isJsonType(type)) {
    const parsed = parseStrictJson(text, limits);
    if (parsed.ok) {
      const content = [{ type: 'text', text: JSON.stringify(parsed.value) }];
      return { result: { content, structuredContent: parsed.value }, body: 'json' };
    }
    // Passed on as the text it is, for numbers that are too long for us may be good for its caller.
    return { result: { content: [{ type: 'text', text }] }, body: 'text' };
  }
  const part = readable.test(type) || type === '' ? { type: 'text', text } : describeBytes(bytes, type);
  return { result: { content: [part] }, body: 'text' };
}

export function readWhole(body: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  return readBounded(body, most, () => new AppError('upstream.result_too_large'));
}

/** As MCP has it: images and sound by name, all else as a resource. */
function describeBytes(bytes: Buffer, type: string): JsonObject {
  const data = bytes.toString('base64');
  if (type.startsWith('image/')) return { type: 'image', data, mimeType: type };
  if (type.startsWith('audio/')) return { type: 'audio', data, mimeType: type };
  const mimeType = type === '' ? 'application/octet-stream' : type;
  return { type: 'resource', resource: { uri: 'http:body', mimeType, blob: data } };
}

/** The text of a result that `readResult` made of a body. */
export function findText({ content }: JsonObject): string {
  const [part] = Array.isArray(content) ? content : [];
  return isJsonObject(part) && typeof part.text === 'string' ? part.text : '';
}
