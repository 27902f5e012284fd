import type { Store } from '../database.ts';
import type { WriterRequest } from '../messages.ts';
import type { StoreOptions } from '../start-ledger.ts';
import { ThreadLink } from '../thread-link.ts';
import { openThreadedStore } from '../threaded-store.ts';
import { endSeat } from './end-seat.ts';
import { listLiveStreams } from './list-live-streams.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { createPostgresDialect } from './postgres-dialect.ts';
import { ReaderPool } from './reader-pool.ts';
import { scrubPostgres } from './scrub-postgres.ts';
import type { WriterThreadData } from './writer-thread.ts';

export interface PostgresStoreOptions extends StoreOptions {
  readonly address: DatabaseAddress;
  /** Other gateways that say so, too, may have the database at the same time; false when absent. */
  readonly isShared?: boolean;
}

/**
 * Opens the store in a PostgreSQL database: one writing connection in a thread, a few that read. Throws
 * `server.database_unreachable`, `server.database_in_use` when another gateway does not share it, `server.database_newer`,
 * `ledger.tampered` when the log contradicts its last checkpoint. Later a lost connection comes back by itself.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { address } = options;
  const { checkpointIntervalMs = 1000, isShared = false } = options;
  const data: WriterThreadData = { address, checkpointIntervalMs, isShared };
  return openThreadedStore(options, {
    writer: new ThreadLink<WriterRequest>('writer-thread', import.meta, data),
    openReaders: () => new ReaderPool(address),
    createDialect: createPostgresDialect,
    scrub: (job) => scrubPostgres(address, job),
    endSeat: (seat) => endSeat(address, seat),
    listLiveStreams,
  });
}
