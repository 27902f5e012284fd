import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeTestStore, type TestStore, type TestStoreOptions } from '../test-store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { SqliteWritingConnection } from './sqlite-writing-connection.ts';

interface Limits {
  readonly maximumBytes?: number;
}

export type SqliteTestStore = TestStore<Limits>;

/** A file that has the schema and no data: bringing it there takes longer than most tests, so once a process. */
let template: Uint8Array | undefined;

export async function openSqliteTestStore(options: TestStoreOptions<Limits> = {}): Promise<SqliteTestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  template ??= makeTemplate();
  await writeFile(join(folder, 'countersign.db'), template, { mode: 0o600 });
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

function makeTemplate(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-template-'));
  const databasePath = join(folder, 'countersign.db');
  new SqliteWritingConnection({ databasePath, maximumBytes: null }).close();
  const bytes = readFileSync(databasePath);
  rmSync(folder, { recursive: true });
  return bytes;
}
