import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { OpenCall } from './open-call.ts';

const capabilityOf: ReadonlyMap<JsonValue | undefined, string> = new Map([
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
  ['sampling/createMessage', 'sampling'],
]);
const mostQuestions = 16;
const mostRounds = 16;
const patienceMilliseconds = 600_000;

/**
 * Puts what an upstream wants to know (an `input_required` result, hostile) to the client, as requests on the stream of
 * its call, under numbers of our own. Throws `action.capability_missing` or `upstream.lied` before anything is asked.
 */
export function askClient(call: OpenCall, result: JsonObject): void {
  const { session, reply } = call;
  const inputs = listInputs(result);
  if (inputs.length > mostQuestions) throw new AppError('upstream.lied', { detail: 'it asks for too much' });
  const questions = inputs.map(([key, input], index) => ({ key, ...readInput(call, input, index + 1) }));
  const open = new Set<number>();
  const giveUp = () => call.over.abort(new AppError('action.input_refused'));
  const timer = setTimeout(giveUp, patienceMilliseconds).unref();
  call.round = { state: result.requestState, open, answers: Object.create(null), timer };
  for (const { key, method } of questions) {
    const number = ++session.asked;
    open.add(number);
    session.questions.set(number, { call, key, method });
  }
  const numbers = [...open];
  for (const [index, { method, params }] of questions.entries())
    reply.emit({ jsonrpc: '2.0', id: numbers[index] ?? 0, method, params });
}

/** What is wanted of the client; nothing when the upstream only wants to be asked again. */
export function listInputs({ inputRequests }: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(isJsonObject(inputRequests) ? inputRequests : {});
}

/** Throws `upstream.lied` when there are more rounds than any honest call needs. */
export function countRound(call: OpenCall): void {
  if (++call.rounds > mostRounds) throw new AppError('upstream.lied', { detail: 'it asks without end' });
}

function readInput(
  { session, reply }: OpenCall,
  input: JsonValue,
  nth: number,
): { method: string; params: JsonObject } {
  if (!isJsonObject(input) || typeof input.method !== 'string') throw new AppError('upstream.lied');
  const { method } = input;
  const params = isJsonObject(input.params) ? input.params : {};
  const capability = capabilityOf.get(method);
  if (capability === undefined) throw new AppError('upstream.lied', { detail: 'a question nobody knows' });
  const declared = session.hello.capabilities[capability];
  const isUrl = capability === 'elicitation' && params.mode === 'url';
  const canAnswer = isJsonObject(declared) && (!isUrl || isJsonObject(declared.url)) && reply.canStream;
  if (!canAnswer) {
    const requiredCapabilities = { [capability]: isUrl ? { url: {} } : {} };
    throw new AppError('action.capability_missing', { data: { requiredCapabilities } });
  }
  return { method, params: toLegacyParams(session.asked + nth, params, isUrl) };
}

/** Progress of the client's own work is nothing we follow; pages to open have an id in the earlier revision. */
function toLegacyParams(number: number, params: JsonObject, isUrl: boolean): JsonObject {
  const { _meta, mode, ...rest } = params;
  if (!isUrl) return rest;
  return { elicitationId: `elicitation-${number}`, ...rest, mode: 'url' };
}
