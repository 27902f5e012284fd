import type { ServerResponse } from 'node:http';
import type { JsonObject } from '@countersign/core';
import { openReply, type ReplyStream } from '../reply-stream.ts';
import type { EventStream } from './event-log.ts';

/** The answer to one POST: plain JSON when it is all there is to say, else an event stream that can be resumed. */
export interface CallReply extends ReplyStream {
  /** Whether the client takes anything before the answer itself. */
  readonly canStream: boolean;
}

export function openCallReply(
  response: ServerResponse,
  acceptsEvents: boolean,
  standing: () => Readonly<Record<string, string>>,
  open: () => EventStream,
): CallReply {
  const plain = openReply(response, false, standing);
  let stream: EventStream | undefined;
  return {
    canStream: acceptsEvents,
    emit(message: JsonObject) {
      if (!acceptsEvents) return;
      if (stream === undefined) {
        // Nobody could resume what never began.
        if (response.destroyed || response.writableEnded) return;
        stream = open();
        stream.attach(response, standing(), null);
      }
      stream.send(message);
    },
    finish(status, headers, body) {
      if (stream === undefined) plain.finish(status, headers, body);
      else stream.finish(body);
    },
  };
}
