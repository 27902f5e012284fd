import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveLoopback } from '../issuers/serve-loopback.ts';
import { answerMessages, streamMessages } from './anthropic-answers.ts';
import { type FakeModelRequest, type FakeTurn, fillTurn } from './fake-turn.ts';
import { answerChat, answerResponses, streamChat, streamResponses } from './openai-answers.ts';

/** A model server that says what a script makes it say, in the shapes of OpenAI and Anthropic. */
export interface FakeModel {
  /** Base address of both APIs: it ends in `/v1`. */
  readonly url: string;
  /** What reached it, in order. */
  readonly requests: readonly FakeModelRequest[];
  /** Puts turns at the end of the script; an empty script answers `done`. */
  say(...turns: readonly ScriptedTurn[]): void;
  close(): Promise<void>;
}

/** What it answers, or how it finds that out from what it is asked. */
export type ScriptedTurn = FakeTurn | ((request: FakeModelRequest) => FakeTurn);

export interface FakeModelOptions {
  /** Answer 401 without it, as `Authorization: Bearer` or `x-api-key`. */
  readonly key?: string;
  readonly script?: readonly ScriptedTurn[];
}

type Shape = readonly [whole: typeof answerChat, stream: typeof streamChat];

const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['/v1/chat/completions', [answerChat, streamChat]],
  ['/v1/responses', [answerResponses, streamResponses]],
  ['/v1/messages', [answerMessages, streamMessages]],
]);

export async function startFakeModel({ key, script = [] }: FakeModelOptions = {}): Promise<FakeModel> {
  const requests: FakeModelRequest[] = [];
  const turns = [...script];
  const server = await serveLoopback(async (message, body, response) => {
    const request = readRequest(message, body);
    requests.push(request);
    if (key !== undefined && !hasKey(message, key))
      return sendJson(response, 401, { error: { message: `Incorrect API key provided: ${key}` } });
    const shape = shapes.get(request.path);
    if (shape === undefined) return answerOther(request, response);
    const next = turns.shift() ?? {};
    const turn = typeof next === 'function' ? next(request) : next;
    return answer(turn, shape, { request, response, number: requests.length });
  });
  return {
    url: `${server.url}/v1`,
    requests,
    say: (...more) => void turns.push(...more),
    close: () => server.close(),
  };
}

interface Asked {
  readonly request: FakeModelRequest;
  readonly response: ServerResponse;
  readonly number: number;
}

async function answer(turn: FakeTurn, shape: Shape, { request, response, number }: Asked): Promise<void> {
  if (turn.status !== undefined) {
    response.writeHead(turn.status, { 'content-type': 'application/json', 'x-request-id': `req_${number}` });
    response.end(turn.body ?? '{}');
    return;
  }
  const filled = fillTurn(turn, request, number);
  if (turn.raw === undefined && request.body.stream !== true)
    return sendJson(response, 200, shape[0](filled), { 'x-request-id': `req_${number}` });
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const [i, event] of (turn.raw ?? shape[1](filled)).entries()) {
    if (i === 1) await turn.gate;
    if (response.destroyed) return;
    if (!response.write(event)) await drained(response);
  }
  response.end();
}

/** What is asked of models beside answers. */
function answerOther(request: FakeModelRequest, response: ServerResponse): void {
  const other = describeOther(request);
  if (other === undefined) sendJson(response, 404, { error: { message: 'no such path' } });
  else sendJson(response, 200, other);
}

function describeOther({ path, body }: FakeModelRequest): object | undefined {
  const model = { id: 'fake-1', object: 'model', type: 'model', display_name: 'Fake', created_at: 0 };
  if (path === '/v1/models') return { object: 'list', data: [model], has_more: false };
  if (path === '/v1/messages/count_tokens') return { input_tokens: 42 };
  if (path !== '/v1/embeddings') return undefined;
  const data = [{ object: 'embedding', index: 0, embedding: [0.5, -0.5] }];
  return { object: 'list', model: body.model, data, usage: { prompt_tokens: 3, total_tokens: 3 } };
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

function hasKey({ headers }: IncomingMessage, key: string): boolean {
  return headers.authorization === `Bearer ${key}` || headers['x-api-key'] === key;
}

function readRequest(message: IncomingMessage, text: string): FakeModelRequest {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const path = (message.url ?? '').split('?', 1)[0] ?? '';
  return { method: message.method ?? '', path, headers, body: { ...(body as object) } };
}

function sendJson(response: ServerResponse, status: number, value: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
