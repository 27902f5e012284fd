import { AppError } from '@countersign/api';
import type { Pool } from 'undici';
import { requireUpstreamUrl } from '../outbound/address-guard.ts';
import type { Lookup } from '../outbound/guarded-connector.ts';
import { createReplyHandler } from './http-reply.ts';
import { isToolsChanged, modernRevision } from './json-rpc.ts';
import type {
  UpstreamConnection,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from './live-upstream.ts';
import { addMcpHeaders } from './mcp-headers.ts';
import { openGuardedPool } from './open-guarded-pool.ts';
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

/** Streams stay open and so have connections of their own: however many listen, calls find theirs. */
const lanes = {
  calls: { connections: 128, most: 1_024 },
  streams: { connections: 1_024, most: 1_024 },
};
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
  const calls = openLane(options, url, lanes.calls);
  const streams = openLane(options, url, lanes.streams);

  const send = (request: UpstreamRequest): Promise<UpstreamReply> => {
    const { message, signal } = request;
    if (signal.aborted) return Promise.reject(signal.reason);
    const isSubscription = message.method === 'subscriptions/listen';
    const lane = isSubscription ? streams : calls;
    if (lane.used >= lane.most) return Promise.reject(new AppError('server.overloaded'));
    const headers = [...fixedHeaders];
    addMcpHeaders(headers, message, options.parametersOf);
    for (const name in request.headers) headers.push(name, request.headers[name] ?? '');
    const body = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      lane.used++;
      let timer: NodeJS.Timeout | undefined;
      const abort = () => handler.cut(signal.reason);
      const handler = createReplyHandler({
        id: message.id,
        maxBytes: request.maxBytes,
        isSubscription,
        now: options.now,
        onMessage(notification) {
          if (isToolsChanged(notification)) options.onToolsChanged();
          request.onMessage(notification);
        },
        settle(outcome) {
          lane.used--;
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
        lane.pool.dispatch({ path, method: 'POST', headers, body }, handler);
      } catch (cause) {
        handler.cut(new AppError('upstream.failed', { cause }));
      }
    });
  };
  return {
    send,
    async close() {
      await Promise.all([calls.pool.destroy(), streams.pool.destroy()]);
    },
  };
}

interface Lane {
  readonly pool: Pool;
  readonly most: number;
  used: number;
}

function openLane(
  options: HttpConnectionOptions,
  url: URL,
  { connections, most }: (typeof lanes)['calls'],
): Lane {
  return { pool: openGuardedPool(url, options, connections), most, used: 0 };
}
