import { isJsonObject, type JsonObject } from '@countersign/core';
import { pause } from '../pause.ts';
import type { ClientLine } from './client-line.ts';
import type { GatewayLink, LinkRequest } from './gateway-link.ts';
import { errorMessage, readMeta, readObject } from './json-rpc.ts';

const mostQuestions = 16;
const leastRoundMilliseconds = 1_000;

/**
 * Sends a legacy request until its answer is final: what the server asks on the way (`input_required`) becomes
 * requests to the client, and while a person decides it is sent again and again with what the server sealed for it.
 */
export async function completeRequest(
  link: GatewayLink,
  client: ClientLine,
  request: LinkRequest,
): Promise<JsonObject> {
  let { params } = request;
  let questions = 0;
  for (let round = 0; ; round++) {
    const startedAt = Date.now();
    const answer = await link.send({ ...request, params });
    const result = readObject(answer.result);
    if (result.resultType !== 'input_required') return answer;
    const asked = Object.entries(readObject(result.inputRequests));
    questions += asked.length;
    if (questions > mostQuestions) return errorMessage(request.id, -32_603, 'the server asks without end');
    const inputResponses = await askAll(client, asked, request.signal);
    if (inputResponses === undefined) return errorMessage(request.id, -32_603, 'the client did not answer');
    if (asked.length === 0) {
      tellProgress(client, request, round);
      await pause(Math.max(0, startedAt + leastRoundMilliseconds - Date.now()), request.signal);
    }
    params = {
      ...request.params,
      ...(asked.length === 0 ? {} : { inputResponses }),
      ...(typeof result.requestState === 'string' ? { requestState: result.requestState } : {}),
    };
  }
}

async function askAll(
  client: ClientLine,
  asked: readonly (readonly [string, unknown])[],
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const answers: [string, JsonObject][] = [];
  for (const [key, question] of asked) {
    const { method, params } = question as { method?: unknown; params?: JsonObject };
    if (typeof method !== 'string') return undefined;
    const { result } = await client.ask(method, prepareQuestion(method, readObject(params)), signal);
    if (!isJsonObject(result)) return undefined;
    answers.push([key, result]);
  }
  return Object.fromEntries(answers);
}

let elicitations = 0;

/** Revision 2025-11-25 wants an id with each link that a person is to open. */
function prepareQuestion(method: string, params: JsonObject): JsonObject {
  if (method !== 'elicitation/create' || params.mode !== 'url' || params.elicitationId !== undefined)
    return params;
  return { ...params, elicitationId: `countersign-${++elicitations}` };
}

function tellProgress(client: ClientLine, { params }: LinkRequest, round: number): void {
  const { progressToken } = readMeta(params);
  if (typeof progressToken !== 'string' && typeof progressToken !== 'number') return;
  const told = { progressToken, progress: round + 1, message: 'Waiting for a person to decide' };
  client.notify({ jsonrpc: '2.0', method: 'notifications/progress', params: told });
}
