// Guarantees: what goes back is a reply the protocol knows, without any credential of ours, private to this caller.
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import { redactSecrets } from '../upstreams/index.ts';
import type { Armed, Forwarded, Inspected } from './stages.ts';

/** The notifications an upstream may send towards an agent; anything else is dropped, not passed through. */
const knownNotifications = new Set([
  'notifications/progress',
  'notifications/message',
  'notifications/cancelled',
  'notifications/subscriptions/acknowledged',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/tasks',
]);

export function inspectResult(_context: Context, forwarded: Forwarded): Inspected {
  const { response, raw } = forwarded.reply;
  if (response === null) return { ...forwarded, response, raw: null, redactions: 0 } as Inspected;
  const { value, redacted } = redactSecrets(response, forwarded.secretValues);
  const { reply, changed } = makePrivate(value as JsonObject);
  const untouched = redacted === 0 && !changed;
  return { ...forwarded, response: reply, raw: untouched ? raw : null, redactions: redacted } as Inspected;
}

/** An interim message as the caller may see it; null when it must not pass. */
export function inspectMessage(armed: Armed, message: JsonObject): JsonObject | null {
  const method = message.method;
  if (typeof method !== 'string' || !knownNotifications.has(method) || 'id' in message) return null;
  return redactSecrets(message, armed.secretValues).value as JsonObject;
}

/** A public cache between us and the agent would show one caller's view to another. */
function makePrivate(response: JsonObject): { reply: JsonObject; changed: boolean } {
  const result = response.result;
  if (!isJsonObject(result) || result.cacheScope === undefined || result.cacheScope === 'private') {
    return { reply: response, changed: false };
  }
  return { reply: { ...response, result: { ...result, cacheScope: 'private' } }, changed: true };
}
