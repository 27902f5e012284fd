import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { LiveUpstream, PinnedTool } from '../../upstreams/index.ts';
import type { ModelRequest } from './model-request.ts';
import { readChat } from './read-chat.ts';
import { readMessages } from './read-messages.ts';
import { readResponses } from './read-responses.ts';

/** In which words an operation of a provider asks and answers. */
export type ModelShape = 'chat' | 'responses' | 'messages';

export interface ModelCall {
  readonly provider: 'openai' | 'anthropic';
  readonly shape: ModelShape;
  readonly request: ModelRequest;
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
  return { provider, shape, request };
}
