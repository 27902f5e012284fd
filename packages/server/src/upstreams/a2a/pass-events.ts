import { AppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import { createEventStream } from '../event-stream.ts';
import type { ApiExchange } from '../http-api/exchange.ts';
import type { Deadline } from '../http-api/open-deadline.ts';
import { untilOver } from '../http-api/pass-on.ts';
import { lied, parseMessage } from '../json-rpc.ts';

export interface PassedEvents {
  readonly exchange: ApiExchange;
  readonly deadline: Deadline;
  readonly most: number;
  readonly longestEvent: number;
  readonly id: string;
}

const mostEvents = 100_000;

/**
 * Passes on what a peer says piece by piece, each event read strictly and written anew; returns what there is to say of it.
 * Throws `upstream.result_too_large`, `upstream.lied`.
 */
export async function passEvents(body: AsyncIterable<Buffer>, passed: PassedEvents): Promise<string> {
  const { exchange, deadline, most, longestEvent, id } = passed;
  const sink = exchange.open({ status: 200, headers: [['content-type', 'text/event-stream']] });
  const events = createEventStream(longestEvent);
  let bytes = 0;
  let count = 0;
  for await (const chunk of body) {
    deadline.extend();
    bytes += chunk.length;
    if (bytes > most) throw new AppError('upstream.result_too_large');
    for (const data of events.push(chunk)) {
      if (++count > mostEvents) throw new AppError('upstream.result_too_large');
      const message = parseMessage(data);
      const isError = isJsonObject(message.error);
      if (!isError && (message.id !== id || !isJsonObject(message.result)))
        throw lied('an event that answers nothing');
      const { code, message: text } = isJsonObject(message.error) ? message.error : {};
      const said = isError
        ? {
            error: {
              code: Number.isInteger(code) ? Number(code) : -32_603,
              message: String(text).slice(0, 2_000),
            },
          }
        : { result: message.result };
      await untilOver(deadline.signal, sink.write(Buffer.from(`data: ${JSON.stringify(said)}\n\n`)));
    }
  }
  await untilOver(deadline.signal, sink.end());
  return `${count} events, ${bytes} bytes`;
}
