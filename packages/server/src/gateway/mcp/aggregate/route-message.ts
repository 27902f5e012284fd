import type { JsonObject } from '@countersign/core';
import type { Context } from '../../../context.ts';
import { everyUpstream, findExposedTool, readExposedName } from '../../../upstreams/index.ts';
import type { ReadMessage } from '../read-message.ts';

/** A message, and the upstream it is for: all of them, where it names none. */
export interface Routed<Message> {
  readonly upstream: string;
  readonly message: Message;
}

/** Finds the upstream by the name that a message has in the hands of callers, and puts the upstream's own in its place. */
export function routeMessage(context: Pick<Context, 'upstreams'>, message: ReadMessage): Routed<ReadMessage> {
  const routed = routeParams(context, message.method, message.params);
  if (routed === undefined) return { upstream: everyUpstream, message };
  const { upstream, name, params } = routed;
  return { upstream, message: { ...message, params, name } };
}

/** The same for the bare parameters of a request; undefined when they name no upstream. */
export function routeParams(
  { upstreams }: Pick<Context, 'upstreams'>,
  method: string,
  params: JsonObject,
): { readonly upstream: string; readonly name: string; readonly params: JsonObject } | undefined {
  if (method === 'tools/call' && typeof params.name === 'string') {
    const found = findExposedTool(upstreams, params.name);
    return found && { ...found, params: { ...params, name: found.name } };
  }
  if (method.startsWith('tasks/') && typeof params.taskId === 'string') {
    const read = readExposedName(params.taskId);
    if (read?.name == null || upstreams.find(read.upstream) === undefined) return undefined;
    return { upstream: read.upstream, name: read.name, params: { ...params, taskId: read.name } };
  }
  return undefined;
}
