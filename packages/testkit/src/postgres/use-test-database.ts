import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface UsedDatabase {
  /** What the server on this folder gets to know. */
  readonly environment: { readonly [name: string]: string };
  /** Nobody uses it any more. */
  giveBack(): Promise<void>;
}

const sqlite: UsedDatabase = { environment: {}, giveBack: async () => {} };

/**
 * Nothing with SQLite. On the PostgreSQL server that `TEST_POSTGRES_URL` names, every data folder has a database of its
 * own, made at its first start, so that the same tests prove both.
 */
export async function useTestDatabase(
  folder: string,
  server: string | undefined = process.env.TEST_POSTGRES_URL,
): Promise<UsedDatabase> {
  if (server === undefined) return sqlite;
  // Only here, because it loads the whole server.
  const { createTestDatabase } = await import('@countersign/server/parts');
  const note = join(folder, 'test-database.url');
  if (existsSync(note)) {
    return {
      environment: { COUNTERSIGN_DATABASE_URL: readFileSync(note, 'utf8') },
      giveBack: async () => {},
    };
  }
  const { url, giveBack } = await createTestDatabase(server);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  writeFileSync(note, url, { mode: 0o600 });
  return { environment: { COUNTERSIGN_DATABASE_URL: url }, giveBack };
}
