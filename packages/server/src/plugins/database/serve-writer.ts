import type { WriterRequest } from './messages.ts';
import { serveThread, type ThreadServer } from './serve-thread.ts';
import type { DescribeFailure } from './store-failure.ts';
import type { Writer } from './writer.ts';

export interface WriterServerOptions {
  /** Called for the first request; when it throws, that request fails and the next one tries again. */
  open(): Writer | Promise<Writer>;
  readonly describeFailure: DescribeFailure;
  readonly checkpointIntervalMs: number;
  /** Called once the writer has closed, however that went. */
  onClosed(): void;
}

/** What a driver's writer thread does: answers requests in order and signs a checkpoint while records come in. */
export function serveWriter(options: WriterServerOptions): ThreadServer {
  let writer: Writer | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** At most one checkpoint an interval, and none while nothing changes. */
  function scheduleCheckpoint(open: Writer): void {
    if (timer !== undefined || !open.needsCheckpoint) return;
    timer = setTimeout(
      () => void thread.lane.enter(() => writeCheckpoint(open)),
      options.checkpointIntervalMs,
    );
  }

  async function writeCheckpoint(open: Writer): Promise<void> {
    timer = undefined;
    if (!open.needsCheckpoint) return;
    try {
      await open.checkpoint();
    } catch {
      // A full disk: the appends report it to their callers, and the next commit schedules another attempt.
    }
  }

  async function handle(request: WriterRequest): Promise<unknown> {
    writer ??= await options.open();
    if (request.kind !== 'close') {
      const value = await writer.handle(request);
      scheduleCheckpoint(writer);
      return value;
    }
    clearTimeout(timer);
    try {
      return await writer.handle(request);
    } finally {
      options.onClosed();
    }
  }

  const thread = serveThread(handle, options.describeFailure);
  return thread;
}
