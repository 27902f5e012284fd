import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { everyUpstream } from '../../../upstreams/index.ts';
import { exposeUri } from './exposed-uri.ts';

/**
 * An upstream's answer as it is told where all upstreams are behind one address: its tasks and its resources can be asked
 * for at that address. The very same object when nothing in it had to change.
 */
export function exposeReply(door: string, upstream: string, message: JsonObject): JsonObject {
  const { result } = message;
  if (door !== everyUpstream || upstream === everyUpstream || !isJsonObject(result)) return message;
  const exposed = exposeResult(upstream, result);
  return exposed === result ? message : { ...message, result: exposed };
}

function exposeResult(upstream: string, result: JsonObject): JsonObject {
  const { taskId, content, contents, messages, result: inner } = result;
  const changed: Record<string, JsonValue> = {};
  if (typeof taskId === 'string') changed.taskId = `${upstream}__${taskId}`;
  if (holdsResource(content)) changed.content = mapParts(content, (part) => exposeBlock(upstream, part));
  if (Array.isArray(contents)) changed.contents = mapParts(contents, (part) => exposeHolder(upstream, part));
  if (Array.isArray(messages)) changed.messages = mapParts(messages, (part) => exposeContent(upstream, part));
  // What a task came to.
  if (isJsonObject(inner)) changed.result = exposeResult(upstream, inner);
  return Object.keys(changed).length === 0 ? result : { ...result, ...changed };
}

/** Most answers hold none, and are passed on as they came. */
function holdsResource(content: JsonValue | undefined): content is readonly JsonValue[] {
  return Array.isArray(content) && content.some((part) => isJsonObject(part) && resourceTypes.has(part.type));
}

const resourceTypes: ReadonlySet<JsonValue | undefined> = new Set(['resource', 'resource_link']);

function exposeContent(upstream: string, message: JsonObject): JsonObject {
  const { content } = message;
  return isJsonObject(content) ? { ...message, content: exposeBlock(upstream, content) } : message;
}

function exposeBlock(upstream: string, block: JsonObject): JsonObject {
  if (block.type === 'resource_link') return exposeHolder(upstream, block);
  const { resource } = block;
  if (block.type !== 'resource' || !isJsonObject(resource)) return block;
  return { ...block, resource: exposeHolder(upstream, resource) };
}

function exposeHolder(upstream: string, holder: JsonObject): JsonObject {
  return typeof holder.uri === 'string' ? { ...holder, uri: exposeUri(upstream, holder.uri) } : holder;
}

function mapParts(
  parts: JsonValue & readonly JsonValue[],
  change: (part: JsonObject) => JsonObject,
): readonly JsonValue[] {
  return parts.map((part) => (isJsonObject(part) ? change(part) : part));
}
