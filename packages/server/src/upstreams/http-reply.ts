import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import type { Dispatcher } from 'undici';
import { createEventStream, type EventStream } from './event-stream.ts';
import { isNotification, lied, parseMessage, requireResponse } from './json-rpc.ts';
import type { UpstreamReply } from './live-upstream.ts';

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

export interface ReplyOptions {
  /** Undefined for a notification, which is answered by its acceptance alone. */
  readonly id: JsonValue | undefined;
  readonly maxBytes: number;
  /** A stream that lives as long as its caller; its byte bound starts anew with every minute. */
  readonly isSubscription: boolean;
  now(): number;
  onMessage(message: JsonObject): void;
  /** Called exactly once. */
  settle(outcome: { readonly reply: UpstreamReply } | { readonly error: unknown }): void;
}

const errorBodyBytes = 65_536;
const lingerMilliseconds = 1_000;
const minuteMilliseconds = 60_000;

/** Reads one HTTP response to a JSON-RPC message as it arrives, trusting nothing in it, and settles once. */
export function createReplyHandler(
  options: ReplyOptions,
): Dispatcher.DispatchHandler & { cut(error: unknown): void } {
  let controller: Dispatcher.DispatchController | undefined;
  let settled = false;
  let status = 0;
  let events: EventStream | undefined;
  let chunks: Buffer[] = [];
  let bytes = 0;
  let windowStart = 0;
  let linger: NodeJS.Timeout | undefined;

  const settle = (outcome: Parameters<ReplyOptions['settle']>[0]): void => {
    if (settled) return;
    settled = true;
    chunks = [];
    options.settle(outcome);
  };
  const fail = (error: unknown): void => {
    settle({ error });
    controller?.abort(error instanceof Error ? error : new Error('cut'));
  };
  // An exception out of a handler would reach undici's parser, so everything below is caught here.
  const guard = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      fail(error);
    }
  };

  /** After its reply an honest server ends the response; one that does not loses its connection. */
  const letGo = (): void => {
    linger = setTimeout(
      () => controller?.abort(new Error('the response did not end')),
      lingerMilliseconds,
    ).unref();
  };

  const readHeaders = (headers: Headers): void => {
    if (status >= 300 && status < 400)
      throw new AppError('upstream.redirect_refused', { detail: `status ${status}` });
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      throw lied('an encoded body that was not asked for');
    if (options.id === undefined && status >= 200 && status < 300) {
      settle({ reply: { response: null, raw: null } });
      letGo();
      return;
    }
    const type = mediaType(headers['content-type']);
    if (status !== 200) {
      if (type === 'application/json' && status >= 400) return;
      throw status < 300 ? lied(`status ${status} without a reply`) : failedWith(status);
    }
    if (type === 'text/event-stream') events = createEventStream(options.maxBytes);
    else if (type !== 'application/json') throw lied('the content type is neither JSON nor an event stream');
    if (Number(headers['content-length'] ?? 0) > options.maxBytes) throw tooLarge();
    windowStart = options.now();
  };

  const readEvents = (stream: EventStream, chunk: Buffer): void => {
    let reply: UpstreamReply | undefined;
    for (const data of stream.push(chunk)) {
      if (reply !== undefined) throw lied('something follows the reply');
      const message = parseMessage(data);
      if (isNotification(message)) options.onMessage(message);
      else reply = { response: requireResponse(message, options.id), raw: null };
    }
    if (reply === undefined) return;
    settle({ reply });
    // An honest server ends the stream here; one that does not loses its connection.
    linger = setTimeout(
      () => controller?.abort(new Error('the stream did not end')),
      lingerMilliseconds,
    ).unref();
  };

  const readBody = (): UpstreamReply => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    if (!isUtf8(body)) throw lied('the body is not UTF-8');
    const raw = body.toString('utf8');
    if (status === 200) return { response: requireResponse(parseMessage(raw), options.id), raw };
    return { response: readErrorBody(raw, status, options.id), raw: null };
  };

  return {
    onRequestStart(started) {
      controller = started;
      // Cut while it waited for a connection: it must not be sent any more.
      if (settled) started.abort(new Error('cut before it was sent'));
    },
    onResponseStart(_, statusCode, headers) {
      if (statusCode < 200) return;
      status = statusCode;
      guard(() => readHeaders(headers));
    },
    onResponseData(_, chunk) {
      if (settled) {
        // Nobody reads on; what still comes after the reply must stay small.
        bytes += chunk.length;
        if (bytes > options.maxBytes) controller?.abort(new Error('more than a reply'));
        return;
      }
      guard(() => {
        if (options.isSubscription && options.now() - windowStart > minuteMilliseconds) {
          windowStart = options.now();
          bytes = 0;
        }
        bytes += chunk.length;
        if (bytes > (status === 200 ? options.maxBytes : errorBodyBytes)) throw tooLarge();
        if (events !== undefined) readEvents(events, chunk);
        else chunks.push(chunk);
      });
    },
    onResponseEnd() {
      clearTimeout(linger);
      if (settled) return;
      guard(() => {
        if (events !== undefined) throw lied('the stream ended without a reply');
        settle({ reply: readBody() });
      });
    },
    onResponseError(_, error) {
      clearTimeout(linger);
      settle({ error: explainFailure(error) });
    },
    cut: fail,
  };
}

/** A refusal in JSON-RPC's own form is passed on; anything else only says that the upstream failed. */
function readErrorBody(raw: string, status: number, id: JsonValue | undefined): JsonObject {
  let message: JsonObject;
  try {
    message = parseMessage(raw);
  } catch (cause) {
    throw failedWith(status, cause);
  }
  if (Object.hasOwn(message, 'result')) throw lied(`a result with status ${status}`);
  // Before it knew the id, a server may only say null (JSON-RPC 2.0, section 5).
  return requireResponse(message.id === null && id !== undefined ? { ...message, id } : message, id);
}

function mediaType(value: string | string[] | undefined): string {
  return typeof value === 'string' ? (value.split(';', 1)[0] ?? '').trim().toLowerCase() : '';
}

function explainFailure(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return tooLarge(error);
  return new AppError('upstream.failed', { cause: error });
}

function failedWith(status: number, cause?: unknown): AppError {
  return new AppError('upstream.failed', { detail: `status ${status}`, cause });
}

function tooLarge(cause?: unknown): AppError {
  return new AppError('upstream.result_too_large', { cause });
}
