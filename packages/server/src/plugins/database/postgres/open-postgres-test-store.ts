import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTestStore, type TestStore, type TestStoreOptions } from '../test-store.ts';
import { createTestDatabase } from './create-test-database.ts';
import { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.ts';
import { parseDatabaseUrl } from './parse-database-url.ts';

type Shared = Pick<PostgresStoreOptions, 'isShared'>;

export interface PostgresTestStore extends TestStore<Shared> {
  readonly url: string;
}

/** `server` is the URL of a PostgreSQL server whose user may create databases. */
export async function openPostgresTestStore(
  server: string,
  options: TestStoreOptions<Shared> = {},
): Promise<PostgresTestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  const database = await createTestDatabase(server);
  const { url } = database;
  const test = await makeTestStore<Shared>(
    {
      folder,
      open: (all) => openPostgresStore({ address: parseDatabaseUrl(url), ...all }),
      execute: database.execute,
      removeData: async () => {
        await database.giveBack();
        await rm(folder, { recursive: true, force: true });
      },
    },
    options,
  );
  return Object.assign(test, { url });
}
