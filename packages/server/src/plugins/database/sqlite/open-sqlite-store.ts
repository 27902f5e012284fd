import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../database.ts';
import type { WriterRequest } from '../messages.ts';
import type { StoreOptions } from '../start-ledger.ts';
import { ThreadLink } from '../thread-link.ts';
import { openThreadedStore } from '../threaded-store.ts';
import { ReaderPool } from './reader-pool.ts';
import { scrubSqlite } from './scrub-sqlite.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import type { WriterThreadData } from './writer-thread.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** Data folder; made when missing, readable by its owner only. */
  readonly folder: string;
  /** Cap on the database file in bytes; reaching it is a full disk. No cap when absent. */
  readonly maximumBytes?: number;
}

/**
 * Opens the embedded store: one writing thread and one or two reading ones. Throws `server.data_folder_in_use` when
 * another process has it, `server.data_folder_newer`, `ledger.tampered` when the log contradicts its last checkpoint.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const databasePath = join(options.folder, 'countersign.db');
  const data: WriterThreadData = {
    databasePath,
    lockPath: join(options.folder, 'lock.db'),
    checkpointIntervalMs: options.checkpointIntervalMs ?? 1000,
    maximumBytes: options.maximumBytes ?? null,
  };
  return openThreadedStore(options, {
    writer: new ThreadLink<WriterRequest>('writer-thread', import.meta, data),
    openReaders: () => new ReaderPool({ databasePath }),
    createDialect: createSqliteDialect,
    scrub: scrubSqlite,
    // There are no others.
    endSeat: async () => false,
    listLiveStreams: async () => [0],
  });
}
