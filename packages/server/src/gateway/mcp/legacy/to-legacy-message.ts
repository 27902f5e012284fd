import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { ClientHello } from './session.ts';

const modernMeta = 'io.modelcontextprotocol/';
const serverInfoKey = `${modernMeta}serverInfo`;
/** What both revisions mean alike; anything else is not offered on. */
const offered = ['completions', 'logging', 'prompts', 'resources', 'tools'];
const longestName = 256;
/** What a client of an earlier revision understands of what an upstream says before its answer. */
const notifications: ReadonlySet<JsonValue | undefined> = new Set([
  'notifications/message',
  'notifications/progress',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/tools/list_changed',
]);

/** A result without what only 2026-07-28 knows. Whatever else the upstream said is left as it is. */
export function toLegacyResult(result: JsonObject): JsonObject {
  const { resultType, ttlMs, cacheScope, requestState, inputRequests, _meta, structuredContent, ...rest } =
    result;
  // Only an object is one to these revisions; what it says is in the text as well.
  return withMeta(isJsonObject(structuredContent) ? { ...rest, structuredContent } : rest, _meta);
}

export function toLegacyResponse(response: JsonObject): JsonObject {
  return isJsonObject(response.result) ? { ...response, result: toLegacyResult(response.result) } : response;
}

/** Null for what the client could not understand. */
export function toLegacyNotification(message: JsonObject): JsonObject | null {
  if (!notifications.has(message.method)) return null;
  if (!isJsonObject(message.params)) return message;
  const { _meta, ...rest } = message.params;
  return { ...message, params: withMeta(rest, _meta) };
}

/** The answer to `initialize`, from that to `server/discover`, which is hostile. */
export function toInitializeResult(hello: ClientHello, upstream: string, discovered: JsonObject): JsonObject {
  const { capabilities, instructions, _meta } = discovered;
  const known = offered.flatMap((name) => {
    const value =
      isJsonObject(capabilities) && Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
    return isJsonObject(value) ? [[name, value] as const] : [];
  });
  const info = isJsonObject(_meta) ? _meta[serverInfoKey] : undefined;
  const name = isJsonObject(info) ? info.name : undefined;
  const version = isJsonObject(info) ? info.version : undefined;
  return {
    protocolVersion: hello.revision,
    capabilities: Object.fromEntries(known),
    serverInfo: {
      name: typeof name === 'string' ? name.slice(0, longestName) : upstream,
      version: typeof version === 'string' ? version.slice(0, longestName) : '0',
    },
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

function withMeta(rest: JsonObject, meta: JsonValue | undefined): JsonObject {
  if (!isJsonObject(meta)) return rest;
  const kept = Object.entries(meta).filter(([key]) => !key.startsWith(modernMeta));
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}
