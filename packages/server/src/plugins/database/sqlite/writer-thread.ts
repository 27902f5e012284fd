import { workerData } from 'node:worker_threads';
import { serveWriter } from '../serve-writer.ts';
import { Writer } from '../writer.ts';
import { describeSqliteFailure } from './describe-failure.ts';
import { lockFolder } from './folder-lock.ts';
import { type SqliteWriterOptions, SqliteWritingConnection } from './sqlite-writing-connection.ts';

export interface WriterThreadData extends SqliteWriterOptions {
  readonly lockPath: string;
  readonly checkpointIntervalMs: number;
}

const data = workerData as WriterThreadData;
let unlock: (() => void) | undefined;

serveWriter({
  open() {
    unlock ??= lockFolder(data.lockPath);
    return new Writer(new SqliteWritingConnection(data), describeSqliteFailure);
  },
  describeFailure: describeSqliteFailure,
  checkpointIntervalMs: data.checkpointIntervalMs,
  onClosed: () => unlock?.(),
});
