import { parentPort } from 'node:worker_threads';
import { describeFailure } from './failure.ts';
import type { ThreadReply, ThreadRequest } from './messages.ts';

/** Answers the main thread's requests in order. A request that is answered late must be waited for by who sends it. */
export function serveThread<Request>(handle: (request: Request) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error('this file runs in a worker thread');
  const answer = (reply: ThreadReply) => port.postMessage(reply);
  port.on('message', ({ id, request }: ThreadRequest) => {
    try {
      const value = handle(request as Request);
      if (value instanceof Promise) {
        value.then(
          (late: unknown) => answer({ id, value: late }),
          (thrown: unknown) => answer({ id, failure: describeFailure(thrown) }),
        );
      } else {
        answer({ id, value });
      }
    } catch (thrown) {
      answer({ id, failure: describeFailure(thrown) });
    }
  });
}
