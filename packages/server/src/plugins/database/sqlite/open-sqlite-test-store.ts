import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeTestStore, type TestStore, type TestStoreOptions } from '../test-store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

interface Limits {
  readonly maximumBytes?: number;
}

export type SqliteTestStore = TestStore<Limits>;

export async function openSqliteTestStore(options: TestStoreOptions<Limits> = {}): Promise<SqliteTestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  return makeTestStore<Limits>(
    {
      folder,
      open: (all) => openSqliteStore({ folder, ...all }),
      execute: async (statement) => {
        const database = new DatabaseSync(join(folder, 'countersign.db'));
        database.exec(statement);
        database.close();
      },
      removeData: () => rm(folder, { recursive: true, force: true }),
    },
    options,
  );
}
