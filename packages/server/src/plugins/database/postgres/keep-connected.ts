import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadServer } from '../serve-thread.ts';
import { StoreFailure } from '../store-failure.ts';
import type { Writer } from '../writer.ts';
import { closeSoon } from './connect.ts';
import { openNextSession, type WriterSession } from './open-session.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import type { PostgresWritingConnection } from './postgres-writing-connection.ts';

const shortestPauseMs = 100;
const longestPauseMs = 5_000;

export interface Reconnection {
  readonly address: DatabaseAddress;
  readonly connection: PostgresWritingConnection;
  readonly writer: Writer;
  readonly thread: ThreadServer;
  readonly signal: AbortSignal;
}

/**
 * Tries until the database is back and still ours, while every request is refused at once. When somebody else has
 * written in its place meanwhile it gives up for good, and says so: this process remembers what is not true any more.
 */
export async function reconnect(parts: Reconnection): Promise<void> {
  const { address, connection, signal } = parts;
  for (let pauseMs = shortestPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      if (connection.seat === undefined) return;
      const session = await openNextSession(address, connection.seat);
      await parts.thread.lane.enter(() => resume(parts, session));
      // What was lost again in the meantime is not reported again.
      if (connection.isReady) return;
    } catch (error) {
      if (isForGood(error)) return parts.thread.tell({ kind: 'fenced' });
    }
  }
}

/** In the writer's turn: no request sees a session whose tree has not been read again. */
async function resume(parts: Reconnection, session: WriterSession): Promise<void> {
  const { connection, writer, thread, signal } = parts;
  if (signal.aborted) return closeSoon(session.client);
  try {
    const event = await writer.resume(await connection.adopt(session));
    if (event !== undefined) thread.tell(event);
  } catch (error) {
    connection.drop();
    throw error;
  }
}

function isForGood(thrown: unknown): boolean {
  return (
    thrown instanceof StoreFailure &&
    thrown.failure.kind === 'refused' &&
    thrown.failure.code === 'ledger.tampered'
  );
}
