import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { LiveUpstream, PinnedTool } from '../../upstreams/index.ts';
import { toolMembers } from './list-hosted.ts';
import { digestValue, type ModelRequest } from './model-request.ts';
import { readChat } from './read-chat.ts';
import { readMessages } from './read-messages.ts';
import { readResponses } from './read-responses.ts';

/** In which words an operation of a provider asks and answers. */
export type ModelShape = 'chat' | 'responses' | 'messages';

export interface ModelCall {
  readonly provider: 'openai' | 'anthropic';
  readonly shape: ModelShape;
  readonly request: ModelRequest;
  /** Of the conversation as it was sent, whatever of it was understood; null where none of it was read as one. */
  readonly inputDigest: string | null;
  /** Of the tools as they were sent, with their descriptions and schemas; null where there are none. */
  readonly toolsDigest: string | null;
}

const shapes: ReadonlyMap<string, readonly [ModelShape, (body: JsonObject) => ModelRequest]> = new Map([
  ['openai/chat', ['chat', readChat]],
  ['openai/embeddings', ['chat', readChat]],
  ['openai/responses', ['responses', readResponses]],
  ['anthropic/messages', ['messages', readMessages]],
  ['anthropic/count', ['messages', readMessages]],
]);

/** What a call asks of a model; null where it asks none. Throws `action.model_tool_refused`. */
export function readModelCall(
  { kind, settings }: Pick<LiveUpstream, 'kind' | 'settings'>,
  tool: PinnedTool | null,
  given: JsonObject,
): ModelCall | null {
  const { provider, hostedTools = [] } = settings;
  if (kind !== 'model' || provider === undefined || tool === null) return null;
  const found = shapes.get(`${provider}/${tool.name}`);
  if (found === undefined || !isJsonObject(given.body)) return null;
  const [shape, read] = found;
  const request = read(given.body);
  // Whatever lies at the provider may have come from another task, and hold what it would do itself.
  const refused = [...request.hosted, ...request.unseen].find((name) => !hostedTools.includes(name));
  if (refused !== undefined)
    throw new AppError('action.model_tool_refused', { detail: refused.slice(0, 64).toWellFormed() });
  const isTool = (name: string) => toolMembers.some((one) => one === name);
  const inputDigest = digestMembers(
    given.body,
    request.consumed.filter((name) => !isTool(name)),
  );
  const toolsDigest = digestMembers(given.body, request.consumed.filter(isTool));
  return { provider, shape, request, inputDigest, toolsDigest };
}

function digestMembers(body: JsonObject, names: readonly string[]): string | null {
  const held = Object.entries(body).filter(([name]) => names.includes(name));
  return held.length === 0 ? null : digestValue(Object.fromEntries(held));
}
