import { workerData } from 'node:worker_threads';
import type { StatementJob } from '../messages.ts';
import { serveThread } from '../serve-thread.ts';
import { Connection } from './connection.ts';
import { describeSqliteFailure } from './describe-failure.ts';

export interface ReaderThreadData {
  readonly databasePath: string;
}

const { databasePath } = workerData as ReaderThreadData;
const connection = new Connection(databasePath, { readOnly: true });

// Each statement sees one committed state of the database and never waits for the writer (WAL).
serveThread(
  (job: StatementJob | 'close') => (job === 'close' ? connection.close() : connection.execute(job)),
  describeSqliteFailure,
);
