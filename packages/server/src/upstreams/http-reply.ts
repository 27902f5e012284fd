import { AppError } from '@countersign/api';
import type { Dispatcher } from 'undici';
import type { UpstreamReply } from './live-upstream.ts';
import { createReplyReader, type ReaderOptions } from './reply-reader.ts';

export interface ReplyOptions extends ReaderOptions {
  /** Called exactly once. */
  settle(outcome: { readonly reply: UpstreamReply } | { readonly error: unknown }): void;
}

export interface ReplyHandler extends Dispatcher.DispatchHandler {
  /** Ends the call with this error, wherever it is. */
  cut(error: unknown): void;
}

const lingerMilliseconds = 1_000;

/** Carries what undici receives to a reader, and settles once. */
export function createReplyHandler(options: ReplyOptions): ReplyHandler {
  const reader = createReplyReader(options);
  let controller: Dispatcher.DispatchController | undefined;
  let settled = false;
  let ended = false;
  let bytesAfter = 0;
  let linger: NodeJS.Timeout | undefined;

  const settle = (outcome: Parameters<ReplyOptions['settle']>[0]): void => {
    if (settled) return;
    settled = true;
    options.settle(outcome);
  };
  const cut = (error: unknown): void => {
    settle({ error });
    controller?.abort(error instanceof Error ? error : new Error('cut'));
  };
  // An exception out of a handler would reach undici's parser.
  const read = (next: () => UpstreamReply | undefined): void => {
    try {
      const reply = next();
      if (reply === undefined) return;
      settle({ reply });
      if (ended) return;
      // After its reply an honest server ends the response; one that does not loses its connection.
      const abort = () => controller?.abort(new Error('the response did not end'));
      linger ??= setTimeout(abort, lingerMilliseconds).unref();
    } catch (error) {
      cut(error);
    }
  };

  return {
    cut,
    onRequestStart(started) {
      controller = started;
      // Cut while it waited for a connection: it must not be sent any more.
      if (settled) started.abort(new Error('cut before it was sent'));
    },
    onResponseStart(_, status, headers) {
      if (status >= 200) read(() => reader.start(status, headers));
    },
    onResponseData(_, chunk) {
      if (!settled) return read(() => reader.push(chunk));
      bytesAfter += chunk.length;
      if (bytesAfter > options.maxBytes) controller?.abort(new Error('more than a reply'));
    },
    onResponseEnd() {
      ended = true;
      if (!settled) read(() => reader.end());
      clearTimeout(linger);
    },
    onResponseError(_, error) {
      clearTimeout(linger);
      settle({ error: explainFailure(error) });
    },
  };
}

function explainFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isOverflow = code === 'UND_ERR_HEADERS_OVERFLOW';
  return new AppError(isOverflow ? 'upstream.result_too_large' : 'upstream.failed', { cause: error });
}
