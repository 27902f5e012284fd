import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import { UpstreamChallenge } from './credentials/minted.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { isNotification, lied, parseMessage, requireResponse } from './json-rpc.ts';
import type { UpstreamReply } from './live-upstream.ts';

export interface ReaderOptions {
  /** Undefined for a notification, which is answered by its acceptance alone. */
  readonly id: JsonValue | undefined;
  readonly maxBytes: number;
  /** A stream that lives as long as its caller; its byte bound starts anew with every minute. */
  readonly isSubscription: boolean;
  now(): number;
  onMessage(message: JsonObject): void;
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reads one HTTP response as it arrives. Each method gives the reply once it is complete, and throws `upstream.*`. */
export interface ReplyReader {
  start(status: number, headers: ResponseHeaders): UpstreamReply | undefined;
  push(chunk: Buffer): UpstreamReply | undefined;
  end(): UpstreamReply;
}

const errorBodyBytes = 65_536;
const minuteMilliseconds = 60_000;

/** Trusts nothing in a response to a JSON-RPC message (MCP 2026-07-28, Streamable HTTP). */
export function createReplyReader(options: ReaderOptions): ReplyReader {
  const { id } = options;
  let status = 0;
  let events: EventStream | undefined;
  let chunks: Buffer[] = [];
  let bytes = 0;
  let windowStart = 0;

  const count = (length: number): void => {
    if (options.isSubscription && options.now() - windowStart > minuteMilliseconds) {
      windowStart = options.now();
      bytes = 0;
    }
    bytes += length;
    if (bytes > (status === 200 ? options.maxBytes : errorBodyBytes)) throw tooLarge();
  };

  const readEvents = (stream: EventStream, chunk: Buffer): UpstreamReply | undefined => {
    let reply: UpstreamReply | undefined;
    for (const data of stream.push(chunk)) {
      if (reply !== undefined) throw lied('something follows the reply');
      const message = parseMessage(data);
      if (isNotification(message)) options.onMessage(message);
      else reply = { response: requireResponse(message, id), raw: null };
    }
    return reply;
  };

  return {
    start(statusCode, headers) {
      status = statusCode;
      requireNoRedirect(status);
      requirePlainBody(headers);
      // It is our credential that was refused, not the agent's: the answer is not passed on (RFC 9110, section 15.5.2).
      if (status === 401)
        throw new AppError('upstream.credential_refused', { cause: readChallenge(headers) });
      if (id === undefined && status >= 200 && status < 300) return { response: null, raw: null };
      const type = readMediaType(headers['content-type']);
      if (status !== 200) {
        if (status < 300) throw lied(`status ${status} without a reply`);
        if (type !== 'application/json') throw failedWith(status);
        return undefined;
      }
      if (Number(headers['content-length'] ?? 0) > options.maxBytes) throw tooLarge();
      if (type === 'text/event-stream') events = createEventStream(options.maxBytes);
      else if (type !== 'application/json')
        throw lied('the content type is neither JSON nor an event stream');
      windowStart = options.now();
      return undefined;
    },
    push(chunk) {
      count(chunk.length);
      if (events !== undefined) return readEvents(events, chunk);
      chunks.push(chunk);
      return undefined;
    },
    end() {
      if (events !== undefined) throw lied('the stream ended without a reply');
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      chunks = [];
      if (!isUtf8(body)) throw lied('the body is not UTF-8');
      const raw = body.toString('utf8');
      if (status !== 200) return { response: readErrorBody(raw, status, id), raw: null };
      return { response: requireResponse(parseMessage(raw), id), raw };
    },
  };
}

/** Only what can be answered with: the nonce of a resource that wants one in our proof. */
function readChallenge(headers: ResponseHeaders): UpstreamChallenge {
  const nonce = headers['dpop-nonce'];
  const wantsNonce = [headers['www-authenticate'] ?? []].flat().some((one) => one.includes('use_dpop_nonce'));
  const isUsable = wantsNonce && typeof nonce === 'string' && /^[\x21-\x7e]{1,256}$/.test(nonce);
  return new UpstreamChallenge(isUsable ? nonce : undefined);
}

function requireNoRedirect(status: number): void {
  if (status < 300 || status >= 400) return;
  throw new AppError('upstream.redirect_refused', { detail: `status ${status}` });
}

function requirePlainBody(headers: ResponseHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw lied('an encoded body that was not asked for');
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

function readMediaType(value: string | string[] | undefined): string {
  return typeof value === 'string' ? (value.split(';', 1)[0] ?? '').trim().toLowerCase() : '';
}

function failedWith(status: number, cause?: unknown): AppError {
  return new AppError('upstream.failed', { detail: `status ${status}`, cause });
}

function tooLarge(): AppError {
  return new AppError('upstream.result_too_large');
}
