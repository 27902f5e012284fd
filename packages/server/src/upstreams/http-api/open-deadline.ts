import { AppError } from '@countersign/api';
import type { UpstreamRequest } from '../live-upstream.ts';

/** Until when a call may take, and what else ends it. */
export interface Deadline {
  /** Aborts with the `AppError` that ends the call. */
  readonly signal: AbortSignal;
  /** Something came: the wait begins anew. What lives on like this still ends with its task. */
  extend(): void;
  close(): void;
}

const longestTimerMilliseconds = 2_147_483_647;

export function openDeadline(
  request: Pick<UpstreamRequest, 'signal' | 'timeoutMilliseconds' | 'exchange'>,
): Deadline {
  const { signal, timeoutMilliseconds, exchange } = request;
  const over = new AbortController();
  const cut = () => over.abort(signal.reason);
  const start = (milliseconds: number) =>
    setTimeout(
      () => over.abort(new AppError('upstream.timed_out')),
      Math.min(milliseconds, longestTimerMilliseconds),
    );
  let timer = start(timeoutMilliseconds);
  const life = exchange === undefined ? undefined : start(exchange.lifeMilliseconds);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  return {
    signal: over.signal,
    extend() {
      clearTimeout(timer);
      timer = start(timeoutMilliseconds);
    },
    close() {
      clearTimeout(timer);
      clearTimeout(life);
      signal.removeEventListener('abort', cut);
    },
  };
}
