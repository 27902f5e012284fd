import { workerData } from 'node:worker_threads';
import { lockFolder } from './folder-lock.ts';
import type { WriterRequest } from './messages.ts';
import { serveThread } from './serve-thread.ts';
import { Writer, type WriterOptions } from './writer.ts';

export interface WriterThreadData extends WriterOptions {
  readonly lockPath: string;
  readonly checkpointIntervalMs: number;
}

const data = workerData as WriterThreadData;
let writer: Writer | undefined;
let unlock: (() => void) | undefined;
let timer: NodeJS.Timeout | undefined;

function openOnce(): Writer {
  unlock ??= lockFolder(data.lockPath);
  writer ??= new Writer(data);
  return writer;
}

/** At most one checkpoint an interval, and none while nothing changes. */
function scheduleCheckpoint(open: Writer): void {
  if (timer !== undefined || !open.needsCheckpoint) return;
  timer = setTimeout(() => {
    timer = undefined;
    if (!open.needsCheckpoint) return;
    try {
      open.checkpoint();
    } catch {
      // A full disk: the appends report it to their callers, and the next commit schedules another attempt.
    }
  }, data.checkpointIntervalMs);
}

serveThread((request: WriterRequest) => {
  const open = openOnce();
  if (request.kind !== 'close') {
    const value = open.handle(request);
    scheduleCheckpoint(open);
    return value;
  }
  clearTimeout(timer);
  try {
    return open.handle(request);
  } finally {
    unlock?.();
  }
});
