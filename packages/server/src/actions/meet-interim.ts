import { isJsonObject, type JsonObject, type Obligations, shapesResult } from '@countersign/core';

/** What says how far a call is, and nothing of what it finds. */
const countingMembers = ['progressToken', 'progress', 'total'] as const;
/** What the upstream may say anything in. */
const tellingMethods: ReadonlySet<unknown> = new Set(['notifications/message', 'notifications/tasks']);

/**
 * A message on the way to the result. While a redaction or a limit is owed nothing passes in which the result could be
 * told piece by piece: progress counts, and no words. Null when it must not pass.
 */
export function meetInterim(message: JsonObject, owed: Obligations): JsonObject | null {
  if (!shapesResult(owed)) return message;
  if (tellingMethods.has(message.method)) return null;
  const { params } = message;
  if (message.method !== 'notifications/progress' || !isJsonObject(params)) return message;
  const counted = countingMembers.flatMap((name) =>
    params[name] === undefined ? [] : [[name, params[name]]],
  );
  return { ...message, params: Object.fromEntries(counted) };
}

/** Headers that say what the body is, and nothing that stands in it. */
const plainHeaders: ReadonlySet<string> = new Set(['content-type', 'content-language', 'retry-after']);

/** The headers of an HTTP answer; an address or a tag may hold the very value that the body must not. */
export function meetInHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  owed: Obligations,
): readonly (readonly [name: string, value: string])[] {
  return owed.redact.length === 0 ? headers : headers.filter(([name]) => plainHeaders.has(name));
}
