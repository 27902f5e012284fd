import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { HeldPrediction, Prediction } from '../../tasks/index.ts';
import { exposeName } from '../../upstreams/index.ts';
import type { Classified } from '../stages.ts';

type Made = Pick<Classified, 'task' | 'tool' | 'message' | 'asked'>;

/** `by`: an operation of an HTTP API has whatever name its client gave it, so that its arguments may be all there is. */
export interface TakenPrediction extends HeldPrediction {
  readonly by: 'name' | 'arguments';
}

/**
 * What a model asked for and this call is: the same tool, as clients and frameworks call it, with the same arguments, in
 * the same task. Undefined where none did.
 */
export function takePrediction({ task, tool, message, asked }: Made): TakenPrediction | undefined {
  if (tool === null || !task.models.hasAnswered || tool.kind === 'model') return undefined;
  const exposed = exposeName(tool.upstream, tool.name);
  const digests = new Set(
    listReadings(tool.kind, message.arguments).map((one) => sha256(canonicalJson(one))),
  );
  const take = (fits: (name: string) => boolean): HeldPrediction | undefined =>
    task.models.take(
      ({ name, argumentsDigest }: Prediction) => digests.has(argumentsDigest) && fits(name),
      asked?.call,
    );
  const named = take((name) => name === exposed || isNamed(name, tool.name));
  if (named !== undefined) return { ...named, by: 'name' };
  // Without arguments nothing is left to know it by.
  const isTold = Object.values(message.arguments).some((group) => !isEmpty(group));
  const alike = tool.kind === 'http' && isTold ? take(() => true) : undefined;
  return alike === undefined ? undefined : { ...alike, by: 'arguments' };
}

/** `pay`, `bank/pay`, `bank__pay`, `mcp__bank__pay`. */
function isNamed(name: string, tool: string): boolean {
  return name === tool || (name.endsWith(tool) && /[_/.:-]$/.test(name.slice(0, -tool.length)));
}

function isEmpty(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * A function of a client has no path, query and body apart. Every reading has all of them: one that left a group out would
 * let an agent put what it likes there.
 */
function listReadings(kind: string, given: JsonObject): readonly JsonObject[] {
  if (kind !== 'http') return [given];
  const flat: JsonObject = Object.create(null);
  for (const [group, value] of Object.entries(given)) {
    const members = isJsonObject(value) ? Object.entries(value) : [[group, value] as const];
    for (const [name, member] of members) {
      // Two of one name are no arguments of a function.
      if (Object.hasOwn(flat, name)) return [given];
      Object.assign(flat, { [name]: member });
    }
  }
  return [given, flat];
}
