import type { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { ReadMessage } from './read-message.ts';

/** The name under which our request to open the page of an upstream travels. */
export const connectionInput = 'countersign_connection';

/** The methods whose callers may be asked for input (MCP 2026-07-28). */
const askable = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** The page where the person connects, if that is what the refusal is about. Signing in there says who they are. */
export function findConnectPage(error: AppError): string | undefined {
  const connect = error.code === 'upstream.connection_needed' ? error.data?.connect : undefined;
  return typeof connect === 'string' ? connect : undefined;
}

export function describeConnecting(url: string): { readonly message: string; readonly url: string } {
  return { message: 'Connect your account first; then the call goes on.', url };
}

/** Asks a caller that can open pages to show its person where to connect, once; undefined leaves it at the refusal. */
export function elicitConnection(error: AppError, read: ReadMessage | undefined): JsonObject | undefined {
  const url = findConnectPage(error);
  if (url === undefined || read === undefined || read.id === null || !askable.has(read.method))
    return undefined;
  const { elicitation } = read.capabilities;
  if (!isJsonObject(elicitation) || !isJsonObject(elicitation.url)) return undefined;
  // A caller that has answered is told in words: asking again and again would only turn in circles.
  const { inputResponses } = read.params;
  if (isJsonObject(inputResponses) && Object.hasOwn(inputResponses, connectionInput)) return undefined;
  const params = { mode: 'url', ...describeConnecting(url) };
  const inputRequests = { [connectionInput]: { method: 'elicitation/create', params } };
  return { jsonrpc: '2.0', id: read.id, result: { resultType: 'input_required', inputRequests } };
}
