import type { ScrubJob } from '../threaded-store.ts';
import { toStoreError } from '../to-store-error.ts';
import { closeSoon, connect } from './connect.ts';
import { describePostgresFailure } from './describe-failure.ts';
import type { DatabaseAddress } from './parse-database-url.ts';

/**
 * Frees the room of deleted rows for others on a connection of its own, because that may take a while. The server's
 * pages, its log and its backups keep what was there until they are overwritten: see docs/privacy.md.
 */
export async function scrubPostgres(address: DatabaseAddress, { tables, rewrite }: ScrubJob): Promise<void> {
  const client = await connect(address, 'SET statement_timeout = 0').catch((thrown: unknown) => {
    throw toStoreError(describePostgresFailure(thrown));
  });
  try {
    for (const table of tables) await client.query(`VACUUM ${rewrite ? '(FULL)' : ''} ${table}`);
  } catch (thrown) {
    throw toStoreError(describePostgresFailure(thrown));
  } finally {
    closeSoon(client);
  }
}
