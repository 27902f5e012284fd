import { workerData } from 'node:worker_threads';
import { serveWriter } from '../serve-writer.ts';
import { Writer } from '../writer.ts';
import { describePostgresFailure } from './describe-failure.ts';
import { reconnect } from './keep-connected.ts';
import { openFirstSession } from './open-session.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { PostgresWritingConnection } from './postgres-writing-connection.ts';

export interface WriterThreadData {
  readonly address: DatabaseAddress;
  readonly checkpointIntervalMs: number;
  readonly isShared: boolean;
}

const { address, checkpointIntervalMs, isShared } = workerData as WriterThreadData;
const closing = new AbortController();
const { signal } = closing;
let isReconnecting = false;

const connection = new PostgresWritingConnection(() => {
  // What breaks while a session is being taken up is seen by who takes it up.
  if (isReconnecting || signal.aborted) return;
  isReconnecting = true;
  void reconnect({ address, connection, writer, thread, signal }).finally(() => {
    isReconnecting = false;
  });
});
const writer = new Writer(connection, describePostgresFailure);

const thread = serveWriter({
  async open() {
    await connection.adopt(await openFirstSession(address, isShared));
    return writer;
  },
  describeFailure: describePostgresFailure,
  checkpointIntervalMs,
  onClosed: () => closing.abort(),
});
