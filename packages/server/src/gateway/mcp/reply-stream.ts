import type { ServerResponse } from 'node:http';
import type { JsonObject } from '@countersign/core';

const keepAliveMilliseconds = 15_000;
/** Past this many unsent bytes an interim message is dropped: a slow reader must not fill our memory. */
const mostBufferedBytes = 1_048_576;

/** One HTTP answer: plain JSON, or an event stream from the first interim message on. */
export interface ReplyStream {
  emit(message: JsonObject): void;
  finish(status: number, headers: Readonly<Record<string, string>>, body: string | null): void;
}

export function openReply(
  response: ServerResponse,
  acceptsEvents: boolean,
  standing: () => Readonly<Record<string, string>>,
): ReplyStream {
  let keepAlive: NodeJS.Timeout | undefined;
  const write = (text: string): void => {
    if (response.writableLength < mostBufferedBytes) response.write(text);
  };
  return {
    emit(message) {
      if (!acceptsEvents || response.destroyed || response.writableEnded) return;
      if (keepAlive === undefined) {
        response.writeHead(200, {
          ...standing(),
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        });
        keepAlive = setInterval(() => write(': keep-alive\n\n'), keepAliveMilliseconds);
      }
      write(toEvent(JSON.stringify(message)));
    },
    finish(status, headers, body) {
      clearInterval(keepAlive);
      if (response.destroyed || response.writableEnded) return;
      if (keepAlive !== undefined) {
        response.end(body === null ? undefined : toEvent(body));
        return;
      }
      const length = body === null ? 0 : Buffer.byteLength(body);
      const type = body === null ? {} : { 'content-type': 'application/json' };
      response.writeHead(status, {
        ...standing(),
        ...type,
        'cache-control': 'no-store',
        'content-length': length,
        ...lowerNames(headers),
      });
      response.end(body ?? undefined);
    },
  };
}

/** Two spellings of one header would be sent as two headers. */
function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function toEvent(json: string): string {
  return `event: message\ndata: ${json}\n\n`;
}
