import { AppError } from '@countersign/api';
import { Pool } from 'undici';
import { requireUpstreamUrl } from '../outbound/address-guard.ts';
import { createGuardedConnector, type Lookup } from '../outbound/guarded-connector.ts';
import { createReplyHandler } from './http-reply.ts';
import { isToolsChanged, modernRevision } from './json-rpc.ts';
import type {
  UpstreamConnection,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from './live-upstream.ts';
import { addMcpHeaders } from './mcp-headers.ts';
import type { ParameterHeader } from './parameter-headers.ts';

export interface HttpConnectionOptions {
  readonly settings: UpstreamSettings;
  now(): number;
  /** The annotated arguments of a pinned tool. */
  parametersOf(tool: string): readonly ParameterHeader[];
  /** A reply or stream said that the tools changed. */
  onToolsChanged(): void;
  readonly lookup?: Lookup;
}

const mostConnections = 128;
const mostCalls = 1_024;
const headerBytes = 16_384;
const connectMilliseconds = 5_000;
const longestTimerMilliseconds = 2_147_483_647;
const fixedHeaders = [
  'content-type',
  'application/json',
  'accept',
  'application/json, text/event-stream',
  'mcp-protocol-version',
  modernRevision,
  'user-agent',
  'countersign',
];

/**
 * Streamable HTTP, revision 2026-07-28, as a pass-through: one POST a message, nothing of the caller's own request but
 * the message itself, no redirects, no retries, and an end to every size and time. Cancelling closes the stream.
 */
export function connectHttp(options: HttpConnectionOptions): UpstreamConnection {
  const { settings } = options;
  const url = requireUpstreamUrl(settings.url ?? '', settings.allowPrivate === true);
  const path = `${url.pathname}${url.search}`;
  const pool = new Pool(url.origin, {
    connections: mostConnections,
    pipelining: 1,
    maxHeaderSize: headerBytes,
    // Each call has its own deadline, which also covers the wait for a connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createGuardedConnector({
      allowPrivate: settings.allowPrivate === true,
      timeoutMilliseconds: connectMilliseconds,
      ...(options.lookup ? { lookup: options.lookup } : {}),
    }),
  });
  let calls = 0;

  const send = (request: UpstreamRequest): Promise<UpstreamReply> => {
    const { message, signal } = request;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (calls >= mostCalls) return Promise.reject(new AppError('server.overloaded'));
    const headers = [...fixedHeaders];
    addMcpHeaders(headers, message, options.parametersOf);
    for (const name in request.headers) headers.push(name, request.headers[name] ?? '');
    const body = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      calls++;
      let timer: NodeJS.Timeout | undefined;
      const abort = () => handler.cut(signal.reason);
      const handler = createReplyHandler({
        id: message.id,
        maxBytes: request.maxBytes,
        isSubscription: message.method === 'subscriptions/listen',
        now: options.now,
        onMessage(notification) {
          if (isToolsChanged(notification)) options.onToolsChanged();
          request.onMessage(notification);
        },
        settle(outcome) {
          calls--;
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          if ('reply' in outcome) resolve(outcome.reply);
          else reject(outcome.error);
        },
      });
      signal.addEventListener('abort', abort, { once: true });
      if (request.timeoutMilliseconds <= longestTimerMilliseconds) {
        timer = setTimeout(
          () => handler.cut(new AppError('upstream.timed_out')),
          request.timeoutMilliseconds,
        );
      }
      try {
        pool.dispatch({ path, method: 'POST', headers, body }, handler);
      } catch (cause) {
        handler.cut(new AppError('upstream.failed', { cause }));
      }
    });
  };
  return { send, close: () => pool.destroy() };
}
