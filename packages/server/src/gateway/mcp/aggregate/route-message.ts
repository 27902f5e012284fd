import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Context } from '../../../context.ts';
import { everyUpstream, findExposedTool, readExposedName } from '../../../upstreams/index.ts';
import type { ReadMessage } from '../read-message.ts';
import { readExposedUri } from './exposed-uri.ts';

/** A message, and the upstream it is for: all of them, where it names none. */
export interface Routed<Message> {
  readonly upstream: string;
  readonly message: Message;
}

interface Address {
  readonly upstream: string;
  readonly name: string;
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
): (Address & { readonly params: JsonObject }) | undefined {
  if (method === 'completion/complete') {
    const { ref } = params;
    const field = isJsonObject(ref) ? referenceFields.get(ref.type) : undefined;
    if (!isJsonObject(ref) || field === undefined) return undefined;
    const found = findAddress(upstreams, field, ref[field]);
    return found && { ...found, params: { ...params, ref: { ...ref, [field]: found.name } } };
  }
  const field = method.startsWith('tasks/') ? 'taskId' : addressFields.get(method);
  if (field === undefined) return undefined;
  const given = params[field];
  const found =
    method === 'tools/call' && typeof given === 'string'
      ? findExposedTool(upstreams, given)
      : findAddress(upstreams, field, given);
  return found && { ...found, params: { ...params, [field]: found.name } };
}

const addressFields: ReadonlyMap<string, string> = new Map([
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tools/call', 'name'],
]);
const referenceFields: ReadonlyMap<JsonValue | undefined, string> = new Map([
  ['ref/prompt', 'name'],
  ['ref/resource', 'uri'],
]);

function findAddress(
  upstreams: Context['upstreams'],
  field: string,
  given: JsonValue | undefined,
): Address | undefined {
  if (typeof given !== 'string') return undefined;
  const read = field === 'uri' ? readExposedUri(given) : readExposedName(given);
  if (read?.name == null || upstreams.find(read.upstream) === undefined) return undefined;
  return { upstream: read.upstream, name: read.name };
}
