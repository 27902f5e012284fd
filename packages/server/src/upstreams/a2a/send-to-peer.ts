import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Dispatcher, Pool } from 'undici';
import { defaultStreamBytes } from '../answer-bounds.ts';
import { UpstreamChallenge } from '../credentials/minted.ts';
import { openDeadline } from '../http-api/open-deadline.ts';
import { readWhole } from '../http-api/read-result.ts';
import { lied, parseMessage } from '../json-rpc.ts';
import type { UpstreamReply, UpstreamRequest, UpstreamSettings } from '../live-upstream.ts';
import { passEvents } from './pass-events.ts';
import type { PeerPlace } from './peer-place.ts';
import type { WrittenRequest } from './write-peer-request.ts';

export interface PeerExchange {
  readonly pool: Pool;
  readonly place: PeerPlace;
  readonly request: UpstreamRequest;
  readonly written: WrittenRequest;
  readonly settings: UpstreamSettings;
}

/** One request to a peer and its answer, which is trusted in nothing. Throws `upstream.*`; a cut rejects with its reason. */
export async function sendToPeer(call: PeerExchange): Promise<UpstreamReply> {
  const { request, written, settings } = call;
  const deadline = openDeadline(request);
  try {
    const response = await call.pool.request({
      path: call.place.path,
      method: 'POST',
      headers: describeHeaders(call),
      body: written.body,
      signal: deadline.signal,
    });
    response.body.on('error', () => {});
    const type = readType(response);
    if (type === 'text/event-stream' && written.isStream && request.exchange !== undefined) {
      const most = settings.maxStreamBytes ?? defaultStreamBytes;
      const longestEvent = request.maxBytes;
      const { exchange } = request;
      const text = await passEvents(response.body, {
        exchange,
        deadline,
        most,
        longestEvent,
        id: written.id,
      });
      return answer(request, { content: [{ type: 'text', text }] }, 'passed');
    }
    if (type !== 'application/json') {
      await response.body.dump();
      throw lied('the answer is not JSON');
    }
    const bytes = await readWhole(response.body, request.maxBytes);
    return readAnswer(request, written, parseMessage(new TextDecoder('utf-8').decode(bytes)));
  } catch (thrown) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw explain(thrown);
  } finally {
    deadline.close();
  }
}

/** Ours last and alone under their names. */
function describeHeaders({ request, written }: PeerExchange): string[] {
  const headers = new Map<string, string>([
    ['content-type', 'application/json'],
    ['accept', written.isStream ? 'text/event-stream, application/json' : 'application/json'],
    ['accept-encoding', 'identity'],
    ['user-agent', 'countersign'],
    ['a2a-version', '1.0'],
  ]);
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value);
  return [...headers].flat();
}

function readType({ statusCode: status, headers }: Dispatcher.ResponseData): string {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw lied('an encoded body that was not asked for');
  if (status === 401 || status === 407)
    throw new AppError('upstream.credential_refused', { cause: new UpstreamChallenge(undefined) });
  if (status >= 300 && status < 400)
    throw new AppError('upstream.redirect_refused', { detail: `status ${status}` });
  const type = String(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  return type.trim().toLowerCase();
}

/** The answer as the result of a tool; a peer's error is one too, for it is what the caller has to know. */
function readAnswer(request: UpstreamRequest, written: WrittenRequest, message: JsonObject): UpstreamReply {
  if (message.id !== written.id && message.error === undefined)
    throw lied('the id is not that of the request');
  const { result, error } = message;
  if (isJsonObject(result)) {
    const isTask = request.message.method !== 'tools/call';
    const structuredContent = isTask && result.task === undefined ? { task: result } : result;
    const content = [{ type: 'text', text: JSON.stringify(structuredContent) }];
    return answer(request, { content, structuredContent }, 'json');
  }
  if (!isJsonObject(error) || !Number.isInteger(error.code)) throw lied('result and error, or neither');
  const structuredContent = {
    error: { code: error.code ?? 0, message: String(error.message).slice(0, 2_000) },
  };
  const content = [{ type: 'text', text: JSON.stringify(structuredContent) }];
  return answer(request, { content, structuredContent, isError: true }, 'json');
}

function answer({ message }: UpstreamRequest, result: JsonObject, body: 'json' | 'passed'): UpstreamReply {
  return {
    response: { jsonrpc: '2.0', id: message.id ?? null, result: { resultType: 'complete', ...result } },
    raw: null,
    http: { status: 200, headers: [], body },
  };
}

function explain(thrown: unknown): AppError {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1)
    if (error instanceof AppError) return error;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return new AppError(code === 'UND_ERR_HEADERS_OVERFLOW' ? 'upstream.result_too_large' : 'upstream.failed', {
    cause: thrown,
  });
}
