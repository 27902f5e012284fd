import { canonicalJson, isJsonObject, type JsonObject } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { HeldPrediction } from '../../tasks/index.ts';
import { exposeName } from '../../upstreams/index.ts';
import type { Classified } from '../stages.ts';

type Made = Pick<Classified, 'task' | 'tool' | 'message' | 'asked'>;

/**
 * What a model asked for and this call is: the same tool, as clients and frameworks call it, with the same arguments, in
 * the same task. Undefined where none did.
 */
export function takePrediction({ task, tool, message, asked }: Made): HeldPrediction | undefined {
  if (tool === null || !task.models.hasAnswered || tool.kind === 'model') return undefined;
  const exposed = exposeName(tool.upstream, tool.name);
  const digests = new Set(
    listReadings(tool.kind, message.arguments).map((one) => sha256(canonicalJson(one))),
  );
  return task.models.take(
    ({ name, argumentsDigest }) =>
      digests.has(argumentsDigest) && (name === exposed || isNamed(name, tool.name, tool.kind)),
    asked?.call,
  );
}

/** `pay`, `bank/pay`, `bank__pay`, `mcp__bank__pay`; an operation of an HTTP API has whatever name its client gave it. */
function isNamed(name: string, tool: string, kind: string): boolean {
  return (
    kind === 'http' || name === tool || (name.endsWith(tool) && /[_/.:-]$/.test(name.slice(0, -tool.length)))
  );
}

/** A function of a client has no path, query and body apart. */
function listReadings(kind: string, given: JsonObject): readonly JsonObject[] {
  if (kind !== 'http') return [given];
  const groups = ['path', 'query', 'body'].map((name) => given[name]).filter((one) => one !== undefined);
  const flat = groups.filter((one): one is JsonObject => isJsonObject(one));
  return [given, ...flat, Object.assign(Object.create(null), ...flat) as JsonObject];
}
