import { DatabaseSync } from 'node:sqlite';
import { createPrivately } from './create-privately.ts';
import { StoreFailure } from './failure.ts';

/**
 * Takes the data folder for this process until the returned function is called or the process ends, however it ends:
 * the operating system's lock on a file, taken through an exclusive SQLite transaction. Throws when it is held.
 */
export function lockFolder(path: string): () => void {
  createPrivately(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5;
    if (busy) throw new StoreFailure('in-use', 'the lock on the data folder is held');
    throw error;
  }
  return () => database.close();
}
