import { parentPort } from 'node:worker_threads';
import type { ThreadReply, ThreadRequest, WriterEvent } from './messages.ts';
import type { DescribeFailure } from './store-failure.ts';
import { WriterLane } from './writer-lane.ts';

/** The thread's side of a `ThreadLink`. */
export interface ThreadServer {
  /** What else the thread has to do takes its turn between the requests. */
  readonly lane: WriterLane;
  /** Tells the main thread something it did not ask for, in order with the answers. */
  tell(event: WriterEvent): void;
}

/** Answers the main thread's requests one after the other, in order. */
export function serveThread<Request>(
  handle: (request: Request) => unknown,
  describeFailure: DescribeFailure,
): ThreadServer {
  const port = parentPort;
  if (port === null) throw new Error('this file runs in a worker thread');
  const lane = new WriterLane();
  const answer = (reply: ThreadReply) => port.postMessage(reply);
  port.on('message', ({ id, request }: ThreadRequest) => {
    lane
      .enter(async () => handle(request as Request))
      .then(
        (value) => answer({ id, value }),
        (thrown: unknown) => answer({ id, failure: describeFailure(thrown) }),
      );
  });
  return { lane, tell: (event) => answer({ event }) };
}
